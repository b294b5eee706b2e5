import type { ConnectionFacts } from '../model/connection.ts';
import type { Failure } from '../model/failure.ts';
import type { Platform } from '../platforms/platform.ts';
import type { Lease } from '../store/store.ts';
import { announce } from './announce.ts';
import type { RefreshDependencies } from './dependencies.ts';
import { consentLink } from './dependencies.ts';
import { openTask } from './open-task.ts';

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
  await openTask(dependencies, facts, {
    cause: needsConsentCause,
    title: `Reconnect ${platform.name}${facts.accountName === null ? '' : ` (${facts.accountName})`}`,
    why: `${failure.cause} ${failure.remedy}`,
    link: failure.kind === 'app_rejected' ? (failure.link ?? null) : consentLink(redirectUri, facts.id),
    dueAt: facts.expiresAt,
  });
  const detail = { code: failure.code, cause: failure.cause };
  await announce(dependencies, facts, { type: 'connection.needs_consent', actor: 'connector', detail });
  return facts;
}
