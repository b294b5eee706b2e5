import type { ConnectionFacts } from '../model/connection.ts';
import type { Failure } from '../model/failure.ts';
import type { Platform } from '../platforms/platform.ts';
import type { Lease, RefreshedConnection } from '../store/store.ts';
import { announce } from './announce.ts';
import type { RefreshDependencies } from './dependencies.ts';
import { consentLink } from './dependencies.ts';
import { openTask, taskKey } from './open-task.ts';

/** The cause of the task that a dead grant opens. */
export const needsConsentCause = 'needs_consent';

/**
 * Records that only a person can mend the connection: the status with its cause, one task in the inbox with the remedy,
 * one event. With a lease, the status change also closes the attempt and frees it.
 */
export async function failForPerson(
  dependencies: RefreshDependencies,
  platform: Platform,
  before: ConnectionFacts,
  failure: Failure,
  lease: Lease | null,
): Promise<ConnectionFacts | null> {
  const { store, redirectUri } = dependencies;
  const change = { status: 'needs_consent', statusReason: failure.code, nextRefreshAt: null } as const;
  const facts =
    lease === null
      ? await store.connections.setStatus({ connectionId: before.id, version: before.version, ...change })
      : await store.refreshes.fail(lease, { outcome: `${failure.kind}:${failure.code}`, ...change });
  // Null: the row moved on meanwhile (a newer grant, a revocation), so this verdict is about credentials of the past.
  if (facts === null) return null;
  const link = failure.kind === 'app_rejected' ? (failure.link ?? null) : consentLink(redirectUri, facts.id);
  await openReconnect(dependencies, platform, facts, { why: `${failure.cause} ${failure.remedy}`, link });
  const detail = { code: failure.code, cause: failure.cause };
  await announce(dependencies, facts, { type: 'connection.needs_consent', actor: 'connector', detail });
  return facts;
}

/**
 * Takes back what was recorded of a connection that a refresh proved alive after all: its answer came later than the
 * verdict on the token before it.
 */
export async function takeBack(
  { store, keepers }: RefreshDependencies,
  { revived, ...facts }: RefreshedConnection,
): Promise<ConnectionFacts> {
  if (!revived) return facts;
  const dedupeKey = taskKey(facts.id, needsConsentCause);
  await store.tasks.close({ connectionId: facts.id, dedupeKey, because: 'refreshed' });
  // Its keeper sleeps until somebody says that there are new credentials.
  await keepers?.reconnected(facts);
  return facts;
}

/**
 * Opens the task of a connection that needs a person and has none: whoever recorded the status was stopped before it
 * could say so.
 */
export async function ensureTask(
  dependencies: RefreshDependencies,
  platform: Platform,
  facts: ConnectionFacts,
): Promise<void> {
  const open = await dependencies.store.tasks.list({ connectionId: facts.id });
  if (open.some(({ dedupeKey }) => dedupeKey === taskKey(facts.id, needsConsentCause))) return;
  const why = `${platform.name} no longer accepts what the connection has (${facts.statusReason ?? 'no reason kept'}). Consent once more; nothing else is lost.`;
  await openReconnect(dependencies, platform, facts, { why, link: consentLink(dependencies.redirectUri, facts.id) });
}

function openReconnect(
  dependencies: RefreshDependencies,
  platform: Platform,
  facts: ConnectionFacts,
  { why, link }: { readonly why: string; readonly link: string | null },
): Promise<void> {
  const account = facts.accountName === null ? '' : ` (${facts.accountName})`;
  const title = `Reconnect ${platform.name}${account}`;
  const task = { cause: needsConsentCause, title, why, link, dueAt: facts.expiresAt };
  return openTask(dependencies, facts, { ...task, onlyWhile: 'needs_consent' });
}
