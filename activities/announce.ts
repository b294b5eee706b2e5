import type { ConnectionFacts } from '../model/connection.ts';
import type { Notice } from '../model/notice.ts';
import type { RefreshDependencies } from './dependencies.ts';

/**
 * Writes down what happened to a connection, and tells whoever subscribed. The version makes the notice's id: an
 * activity that is repeated after a crash says nothing twice.
 */
export async function announce(
  { store, clock, notices }: RefreshDependencies,
  facts: ConnectionFacts,
  event: { readonly type: Notice['type']; readonly actor: string; readonly detail: Notice['detail'] },
): Promise<void> {
  const { id: connectionId, owner, platform, version } = facts;
  const { type, actor, detail } = event;
  await store.events.append({ connectionId, owner, platform, actor, kind: type, detail });
  const id = `${connectionId}/${type}/${version}${detail['task'] === undefined ? '' : `/${detail['task'] ?? ''}`}`;
  await notices?.send({ id, type, at: clock.now().toISOString(), owner, platform, connectionId, detail });
}
