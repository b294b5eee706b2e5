import type { ConnectionFacts } from '../model/connection.ts';
import { pauseKinds } from './pause-kinds.ts';
import type { Store } from './store.ts';

/** Writes down that a person has paused or resumed a connection. */
export async function notePause(
  { events }: Pick<Store, 'events'>,
  { id: connectionId, owner, platform }: Pick<ConnectionFacts, 'id' | 'owner' | 'platform'>,
  act: keyof typeof pauseKinds,
): Promise<void> {
  await events.append({ connectionId, owner, platform, actor: 'person', kind: pauseKinds[act], detail: {} });
}

const newest = 5_000;

/**
 * The ids of the connections that a person has paused, by the audit trail: the table of connections must not wait for
 * Temporal. What was signalled past the command line is seen by `doctor`, which asks the keeper itself.
 */
export async function pausedConnections({ events }: Pick<Store, 'events'>, owner: string | null): Promise<Set<string>> {
  const past = await events.list({
    ...(owner === null ? {} : { owner }),
    kinds: Object.values(pauseKinds),
    limit: newest,
  });
  const last = new Map<string, string>();
  for (const { connectionId, kind } of past.toReversed()) last.set(connectionId, kind);
  return new Set([...last].filter(([, kind]) => kind === pauseKinds.pause).map(([id]) => id));
}

/** The same of one connection. */
export async function isPaused({ events }: Pick<Store, 'events'>, connectionId: string): Promise<boolean> {
  const [last] = await events.list({ connectionId, kinds: Object.values(pauseKinds), limit: 1 });
  return last?.kind === pauseKinds.pause;
}
