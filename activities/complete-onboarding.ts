import type { ConnectionFacts } from '../model/connection.ts';
import type { Credentials, Grant } from '../model/credentials.ts';
import type { Platform } from '../platforms/platform.ts';
import type { StoredConnection } from '../store/store.ts';
import type { CompletedOnboarding } from '../workflows/ports.ts';
import { announce } from './announce.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { consentLink } from './dependencies.ts';
import { inspect } from './inspection.ts';
import { isFinal, judge } from './judge-failure.ts';
import { needsConsentCause } from './needs-person.ts';
import { taskKey } from './open-task.ts';
import { remind } from './reminders.ts';
import { contextFor, platformOf } from './platform-of.ts';

const mergedKind = 'connection.merged';

/**
 * The last act of an onboarding: proves the credentials, makes the row active and starts its keeper. An account that is
 * connected already keeps its row, so that programs which know the id go on working; the new credentials move there.
 */
export async function completeOnboarding(
  dependencies: ActivityDependencies,
  connectionId: string,
): Promise<CompletedOnboarding> {
  const { store, platforms, clock } = dependencies;
  const loaded = await loadMerged(dependencies, connectionId);
  if (loaded === null) throw new Error(`There is no connection ${connectionId}: was its onboarding abandoned?`);
  const platform = platformOf(platforms, loaded.facts.platform);
  let proof: Grant;
  try {
    proof = await platform.probe(loaded.credentials, contextFor(dependencies, loaded.facts));
  } catch (error) {
    const failure = judge(platform, error, clock.now());
    if (!isFinal(failure)) throw error;
    return againFromConsent(platform, loaded.credentials, failure);
  }
  const survivor = await survivorOf(dependencies, platform, loaded.facts);
  const facts = await activate(dependencies, platform, survivor, proof);
  await store.connections.noteRead(facts.id);
  const dedupeKey = taskKey(facts.id, needsConsentCause);
  await store.tasks.close({ connectionId: facts.id, dedupeKey, because: 'connected' });
  await remind(dependencies, platform, facts);
  const detail = { account: facts.accountName, mode: facts.mode };
  await announce(dependencies, facts, { type: 'connection.connected', actor: 'onboarding', detail });
  await dependencies.keepers.reconnected(facts);
  return { outcome: 'connected', facts, consentLink: consentLink(dependencies.publicUrl, facts.id) };
}

/** After a crash behind a merge the pending row is gone, and its event names the one that lives. */
async function loadMerged({ store }: ActivityDependencies, connectionId: string): Promise<StoredConnection | null> {
  const loaded = await store.connections.load(connectionId);
  if (loaded !== null) return loaded;
  const events = await store.events.list({ connectionId, limit: 5 });
  const survivor = events.find(({ kind }) => kind === mergedKind)?.detail['into'];
  return typeof survivor === 'string' ? store.connections.load(survivor) : null;
}

async function survivorOf(
  { store }: ActivityDependencies,
  platform: Platform,
  facts: ConnectionFacts,
): Promise<ConnectionFacts> {
  if (facts.accountId === null || facts.status !== 'pending') return facts;
  const { id: except, owner, accountId } = facts;
  const older = await store.connections.findAccount({ owner, platform: platform.id, accountId, except });
  if (older === null) return facts;
  // Written before the merge: a trace of one that did not happen is harmless, because the pending row is then found.
  const detail = { into: older.id };
  await store.events.append({
    connectionId: except,
    owner,
    platform: platform.id,
    actor: 'onboarding',
    kind: mergedKind,
    detail,
  });
  const merged = await store.connections.merge(except, older.id, platform.readableFields);
  if (merged === null) throw new Error(`Connection ${older.id} changed while ${except} was merged into it.`);
  return merged;
}

async function activate(
  { store, clock }: ActivityDependencies,
  platform: Platform,
  before: ConnectionFacts,
  proof: Grant,
): Promise<ConnectionFacts> {
  const now = clock.now();
  const { refreshAt } = inspect({ ...before, status: 'active' }, platform, now).schedule;
  const facts = await store.connections.saveGrant({
    connectionId: before.id,
    version: before.version,
    grant: proof,
    readable: platform.readableFields,
    status: 'active',
    statusReason: null,
    nextRefreshAt: refreshAt,
    probedAt: now.toISOString(),
  });
  // Thrown, so that Temporal calls again with the row as it is by then.
  if (facts === null) throw new Error(`Connection ${before.id} changed while it was made active.`);
  return facts;
}

function againFromConsent(
  platform: Platform,
  credentials: Credentials,
  { cause, remedy, link }: { cause: string; remedy: string; link?: string },
): CompletedOnboarding {
  const reason = link === undefined ? { cause, remedy } : { cause, remedy, link };
  const step = platform.reconnectAt?.(credentials) ?? platform.steps.find(({ kind }) => kind === 'consent')?.id;
  return step === undefined ? { outcome: 'refused', remedy: reason } : { outcome: 'again', step, remedy: reason };
}
