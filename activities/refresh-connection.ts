import { createHash } from 'node:crypto';
import type { ConnectionFacts } from '../model/connection.ts';
import type { Grant } from '../model/credentials.ts';
import type { Failure } from '../model/failure.ts';
import type { RefreshOutcome } from '../model/keeper.ts';
import { isTimeout, isUnsent } from '../platforms/failures.ts';
import type { Platform } from '../platforms/platform.ts';
import type { Lease, RefreshedConnection, StoredConnection } from '../store/store.ts';
import type { RefreshRequest } from '../workflows/ports.ts';
import type { RefreshDependencies } from './dependencies.ts';
import { inspect } from './inspection.ts';
import { endOrphan } from './end-orphan.ts';
import { isFinal, judge } from './judge-failure.ts';
import { ensureTask, failForPerson, takeBack } from './needs-person.ts';
import { contextFor, platformOf } from './platform-of.ts';

/** The platform is given less time than the lease lasts, so that a slow answer never meets a second call. */
export const leaseMs = 30_000;
export const callDeadlineMs = 20_000;

/**
 * Renews the tokens of a connection, once, however many ask: lease, call, save. The only way a refresh token is ever
 * spent; a keeper comes here through an activity, the SDK directly when Temporal cannot be reached.
 *
 * The order matters: the attempt is journalled before the call, so that a crash between call and save is seen; the
 * answer is saved before anything else happens; an answer that Postgres does not take is handed back sealed.
 */
export async function refreshConnection(
  dependencies: RefreshDependencies,
  request: RefreshRequest,
): Promise<RefreshOutcome> {
  const { store, platforms, clock } = dependencies;
  const [loaded, doubt] = await Promise.all([
    store.connections.load(request.connectionId),
    store.refreshes.inDoubt(request.connectionId),
  ]);
  if (loaded === null || loaded.facts.status === 'revoked') return { outcome: 'gone' };
  const platform = platformOf(platforms, loaded.facts.platform);
  const mustSettle = isSingleUse(platform, loaded) && doubt?.fingerprint === spentBy(platform, loaded);
  if (!mustRefresh(loaded.facts, platform, request, { now: clock.now(), mustSettle })) {
    if (loaded.facts.status === 'needs_consent') await ensureTask(dependencies, platform, loaded.facts);
    // Whoever holds the lease may have died with it: whether a doubt is left shows when it ends, so look again then.
    const until = await store.refreshes.heldUntil(loaded.facts.id);
    return until === null ? notDue(dependencies, platform, loaded.facts) : { outcome: 'held', until };
  }

  const fingerprint = spentBy(platform, loaded);
  const lease = await store.refreshes.take({
    connectionId: loaded.facts.id,
    version: loaded.facts.version,
    leaseMs,
    fingerprint,
  });
  if (lease === null) return lost(dependencies, platform, loaded.facts);
  return spend(dependencies, { platform, loaded, lease });
}

interface Attempt {
  readonly platform: Platform;
  readonly loaded: StoredConnection;
  readonly lease: Lease;
}

async function spend(dependencies: RefreshDependencies, attempt: Attempt): Promise<RefreshOutcome> {
  const { platform, loaded } = attempt;
  const call = platform.refresh(loaded.credentials, contextFor(dependencies, loaded.facts));
  let grant: Grant;
  try {
    grant = await withDeadline(call, (late) => save(dependencies, attempt, late));
  } catch (error) {
    return fail(dependencies, attempt, lostRotation(attempt, judge(platform, error, dependencies.clock.now())));
  }
  return save(dependencies, attempt, grant);
}

async function save(dependencies: RefreshDependencies, attempt: Attempt, grant: Grant): Promise<RefreshOutcome> {
  const { store, clock } = dependencies;
  const { platform, loaded, lease } = attempt;
  const obtainedAt = clock.now().toISOString();
  let saved: RefreshedConnection | null;
  try {
    saved = await store.refreshes.save(lease, {
      grant,
      readable: platform.readableFields,
      obtainedAt,
      nextRefreshAt: nextAfter(loaded.facts, platform, grant, obtainedAt),
      probedAt: obtainedAt,
    });
  } catch {
    // Postgres is away. The new tokens exist nowhere else, so they leave here sealed and are saved by whoever called;
    // with all that it takes to end them at the platform, should the connection be revoked until then.
    const whole = { ...grant, credentials: { ...loaded.credentials, ...grant.credentials } };
    return { outcome: 'unsaved', unsaved: store.refreshes.seal(lease, whole, obtainedAt, platform.readableFields) };
  }
  if (saved === null) return superseded(dependencies, attempt, grant);
  const facts = await takeBack(dependencies, saved);
  return { outcome: 'refreshed', ...inspect(facts, platform, clock.now()) };
}

/** What the row will look like once the grant is saved, asked for its next refresh. */
function nextAfter(facts: ConnectionFacts, platform: Platform, grant: Grant, obtainedAt: string): string | null {
  const renewed: ConnectionFacts = {
    ...facts,
    status: 'active',
    lastRefreshAt: obtainedAt,
    expiresAt: grant.expiresAt === undefined ? facts.expiresAt : grant.expiresAt,
    refreshExpiresAt: grant.refreshExpiresAt === undefined ? facts.refreshExpiresAt : grant.refreshExpiresAt,
    version: facts.version + 1,
  };
  return inspect(renewed, platform, new Date(obtainedAt)).schedule.refreshAt;
}

/** The row moved on while the platform answered: a revocation wins, and so does a newer grant. */
async function superseded(dependencies: RefreshDependencies, attempt: Attempt, grant: Grant): Promise<RefreshOutcome> {
  const { store } = dependencies;
  const { platform, loaded } = attempt;
  const facts = await store.connections.facts(loaded.facts.id);
  if (facts !== null && facts.status !== 'revoked') return notDue(dependencies, platform, facts);
  await endOrphan(dependencies, platform, loaded.facts, { ...loaded.credentials, ...grant.credentials });
  return { outcome: 'gone' };
}

async function fail(dependencies: RefreshDependencies, attempt: Attempt, failure: Failure): Promise<RefreshOutcome> {
  const { store, clock } = dependencies;
  const { platform, loaded, lease } = attempt;
  if (isFinal(failure)) {
    const facts = await failForPerson(dependencies, platform, loaded.facts, failure, lease);
    return { outcome: 'failed', failure, ...inspect(facts ?? loaded.facts, platform, clock.now()) };
  }
  const staysInDoubt = isDoubtful(attempt, failure);
  if (staysInDoubt && isTimeout(failure)) {
    // The platform may still be at it: the lease stays until its end, so that the same token is never under way twice.
    const retryAt = (await store.refreshes.heldUntil(loaded.facts.id)) ?? clock.now().toISOString();
    return { outcome: 'failed', failure: { ...failure, retryAt }, ...inspect(loaded.facts, platform, clock.now()) };
  }
  const outcome = staysInDoubt ? null : `${failure.kind}:${failure.code}`;
  const facts = await store.refreshes.fail(lease, { outcome });
  return { outcome: 'failed', failure, ...inspect(facts ?? loaded.facts, platform, clock.now()) };
}

/**
 * Whether a single-use refresh token may have been spent although no new one came: the platform's verdict on it never
 * arrived, neither now nor when it was sent before.
 */
function isDoubtful({ platform, loaded, lease }: Attempt, failure: Failure): boolean {
  if (!isSingleUse(platform, loaded)) return false;
  return lease.inDoubt || (failure.kind === 'transient' && !isUnsent(failure));
}

/** Some connections of a rotating platform have no refresh token: theirs are signed with keys. */
function isSingleUse(platform: Platform, { credentials }: StoredConnection): boolean {
  return platform.refreshPolicy.kind === 'rotating' && platform.refreshToken(credentials) !== null;
}

/**
 * A single-use refresh token that was sent before without anybody learning the answer, and that is refused now, was
 * spent by us: that is said as such, because the remedy differs from a revocation by the person.
 */
function lostRotation(attempt: Attempt, failure: Failure): Failure {
  const { platform, lease, loaded } = attempt;
  if (!lease.inDoubt || !isSingleUse(platform, loaded) || failure.kind !== 'needs_consent') return failure;
  return {
    ...failure,
    kind: 'lost_rotation',
    code: 'lost_rotation',
    cause: `${platform.name} replaced the single-use refresh token, but its answer was lost before it was stored.`,
    remedy: 'Consent once more; nothing else is lost.',
  };
}

/** Somebody else holds the lease, or has saved already. */
async function lost(
  dependencies: RefreshDependencies,
  platform: Platform,
  before: ConnectionFacts,
): Promise<RefreshOutcome> {
  const { store, clock } = dependencies;
  const facts = await store.connections.facts(before.id);
  if (facts === null || facts.status === 'revoked') return { outcome: 'gone' };
  if (facts.version !== before.version || facts.status !== 'active') return notDue(dependencies, platform, facts);
  const until = await store.refreshes.heldUntil(before.id);
  return { outcome: 'held', until: until ?? clock.now().toISOString() };
}

function notDue(dependencies: RefreshDependencies, platform: Platform, facts: ConnectionFacts): RefreshOutcome {
  return { outcome: 'not_due', ...inspect(facts, platform, dependencies.clock.now()) };
}

function mustRefresh(
  facts: ConnectionFacts,
  platform: Platform,
  request: RefreshRequest,
  { now, mustSettle }: { readonly now: Date; readonly mustSettle: boolean },
): boolean {
  // A grant that only a person can mend is never tried again: its refresh token is dead, and platforms count misuse.
  if (facts.status !== 'active' || platform.refreshPolicy.kind === 'none') return false;
  // A token that may be spent is tried at once, so that a loss is told while the access token still lives.
  if (mustSettle) return true;
  if (request.force) return request.seenVersion === undefined || request.seenVersion === facts.version;
  const { refreshAt } = inspect(facts, platform, now).schedule;
  return refreshAt !== null && Date.parse(refreshAt) <= now.getTime();
}

/** The fingerprint of what a refresh of this row spends. */
function spentBy(platform: Platform, { credentials }: StoredConnection): string {
  const secret = platform.refreshToken(credentials) ?? platform.accessToken(credentials);
  return createHash('sha256').update(secret).digest('base64url').slice(0, 16);
}

/** An answer after the deadline may hold the only copy of a rotated token, so it still goes to `late`. */
async function withDeadline<T>(call: Promise<T>, late: (answer: T) => Promise<unknown>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      call.then(late).catch(() => undefined);
      const message = `The platform did not answer within ${callDeadlineMs / 1000} s.`;
      reject(Object.assign(new Error(message), { name: 'TimeoutError' }));
    }, callDeadlineMs);
  });
  try {
    return await Promise.race([call, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
