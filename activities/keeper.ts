import { Context } from '@temporalio/activity';
import type { ProbeOutcome } from '../model/keeper.ts';
import type { KeeperActivities } from '../workflows/ports.ts';
import { isPaused } from '../store/paused-connections.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { remind } from './reminders.ts';
import { announce } from './announce.ts';
import { inspect } from './inspection.ts';
import { isFinal, judge } from './judge-failure.ts';
import { failForPerson } from './needs-person.ts';
import { contextFor, platformOf } from './platform-of.ts';
import { refreshConnection } from './refresh-connection.ts';
import { saveUnsaved } from './save-unsaved.ts';

/** The activities behind the keeper of a connection. */
export function keeperActivities(dependencies: ActivityDependencies): KeeperActivities {
  const { store, platforms, clock } = dependencies;
  return {
    inspectConnection: async ({ connectionId }) => {
      const facts = await store.connections.facts(connectionId);
      if (facts === null || facts.status === 'revoked') return null;
      const inspection = inspect(facts, platformOf(platforms, facts.platform), clock.now());
      return { ...inspection, paused: await isPaused(store, connectionId) };
    },
    refreshConnection: async (request) => {
      const outcome = await refreshConnection(dependencies, request);
      // A look that found nothing to do moves the next look, which people see in the row.
      if (outcome.outcome === 'not_due' && outcome.schedule.refreshAt !== outcome.facts.nextRefreshAt) {
        const { facts, schedule } = outcome;
        await store.connections.setNextRefresh(facts.id, schedule.refreshAt, facts.version);
      }
      return outcome;
    },
    saveUnsaved: async (unsaved) => {
      const saved = await saveUnsaved(dependencies, unsaved);
      return saved === null ? null : inspect(saved.facts, platformOf(platforms, saved.facts.platform), clock.now());
    },
    probeConnection: ({ connectionId }) => probe(dependencies, connectionId),
    remindPerson: async ({ connectionId }) => {
      const facts = await store.connections.facts(connectionId);
      if (facts === null || facts.status === 'revoked') return null;
      const platform = platformOf(platforms, facts.platform);
      if (facts.status === 'active') await remind(dependencies, platform, facts);
      return inspect(facts, platform, clock.now());
    },
    revokeConnection: ({ connectionId }) => revoke(dependencies, connectionId, Context.current().info.attempt),
  };
}

async function probe(dependencies: ActivityDependencies, connectionId: string): Promise<ProbeOutcome> {
  const { store, platforms, clock } = dependencies;
  const loaded = await store.connections.load(connectionId);
  if (loaded === null || loaded.facts.status === 'revoked') return { outcome: 'gone' };
  const platform = platformOf(platforms, loaded.facts.platform);
  const { facts } = loaded;
  try {
    const proof = await platform.probe(loaded.credentials, contextFor(dependencies, facts));
    const probedAt = clock.now().toISOString();
    const saved = await store.connections.saveGrant({
      connectionId,
      version: facts.version,
      grant: proof,
      readable: platform.readableFields,
      probedAt,
    });
    // Null: somebody refreshed meanwhile, which proves as much as this probe.
    const newest = saved ?? (await store.connections.facts(connectionId)) ?? facts;
    return { outcome: 'alive', ...inspect(newest, platform, clock.now()) };
  } catch (error) {
    const failure = judge(platform, error, clock.now());
    const failed = isFinal(failure) ? await failForPerson(dependencies, platform, facts, failure, null) : null;
    return { outcome: 'failed', failure, ...inspect(failed ?? facts, platform, clock.now()) };
  }
}

/** How often the platform is asked to end a grant before the secrets are erased all the same. */
const revokeAttempts = 5;

/**
 * Tells the platform first, because erased credentials can tell it nothing; erases in any case after a few tries,
 * because a person who disconnects must not be held up by a platform that does not answer. Credentials that came while
 * the platform was told of those before are ended there as well.
 */
async function revoke(dependencies: ActivityDependencies, connectionId: string, attempt: number): Promise<void> {
  const { store, platforms, clock } = dependencies;
  const loaded = await store.connections.load(connectionId);
  if (loaded === null || loaded.facts.status === 'revoked') return;
  const { facts, credentials } = loaded;
  const platform = platformOf(platforms, facts.platform);
  let told = true;
  try {
    await platform.revoke(credentials, contextFor(dependencies, facts));
  } catch (error) {
    if (!isFinal(judge(platform, error, clock.now())) && attempt < revokeAttempts) throw error;
    told = false;
  }
  const ended = await store.connections.revoke(connectionId, 'disconnected', facts.version);
  if (ended === null) return revoke(dependencies, connectionId, attempt);
  await store.tasks.close({ connectionId, because: 'revoked' });
  const detail = { platformTold: told ? 'yes' : 'no' };
  await announce(dependencies, facts, { type: 'connection.revoked', actor: 'person', detail });
}
