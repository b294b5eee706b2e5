import type { ConnectionFacts } from '../model/connection.ts';
import type { UnsavedGrant } from '../model/keeper.ts';
import type { RefreshDependencies } from './dependencies.ts';
import { endOrphan } from './end-orphan.ts';
import { inspect } from './inspection.ts';
import { takeBack } from './needs-person.ts';
import { platformOf } from './platform-of.ts';

/**
 * Saves an answer that Postgres could not take at first. Gives the connection as it is then, with that answer or a newer
 * one; null when it was disconnected, and then the answer is ended at the platform too. Throws while Postgres is away.
 */
export async function saveUnsaved(
  dependencies: RefreshDependencies,
  unsaved: UnsavedGrant,
): Promise<{ readonly facts: ConnectionFacts; readonly isOurs: boolean } | null> {
  const { store, platforms, clock } = dependencies;
  const saved = await store.refreshes.saveSealed(unsaved);
  if (saved !== null) {
    // Also when a save before, whose answer was lost, is what revived it.
    const facts = await takeBack(dependencies, { ...saved, revived: true });
    // What waited knows its lifetime and not what the row still says of the next refresh.
    const { refreshAt } = inspect(facts, platformOf(platforms, facts.platform), clock.now()).schedule;
    await store.connections.setNextRefresh(facts.id, refreshAt, facts.version);
    return { facts: { ...facts, nextRefreshAt: refreshAt }, isOurs: true };
  }
  const facts = await store.connections.facts(unsaved.connectionId);
  if (facts === null) return null;
  if (facts.status !== 'revoked') return { facts, isOurs: false };
  await endOrphan(dependencies, platformOf(platforms, facts.platform), facts, store.refreshes.openSealed(unsaved));
  return null;
}
