/** How a platform's tokens age: data from its folder, so that a changed policy never breaks a running workflow. */
export interface RefreshPolicy {
  /**
   * `rotating`: each refresh replaces the refresh token and kills the old one · `stable`: the refresh token stays ·
   * `derived`: nothing to refresh, but verified and re-derived · `none`: nothing ages, verified only.
   */
  readonly kind: 'rotating' | 'stable' | 'derived' | 'none';
  /** How often a connection that nobody reads is refreshed, to keep its refresh token alive. */
  readonly idleRefreshEveryMs: number;
  /** How often the cheapest call proves that the credentials still work. */
  readonly probeEveryMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long before its end a token is renewed: 20 % of its lifetime, 5 min to 24 h, never more than half of it. */
export function refreshMarginMs(lifetimeMs: number): number {
  return Math.min(Math.max(0.2 * lifetimeMs, 5 * minuteMs), 0.5 * lifetimeMs, dayMs);
}

/** A connection counts as in use for the length of its token's lifetime after a read, and for at least an hour. */
export function isInUse(token: { lifetimeMs: number; usedAt: Date; now: Date }): boolean {
  return token.now.getTime() - token.usedAt.getTime() <= Math.max(token.lifetimeMs, hourMs);
}

export interface TokenAge {
  /** When the platform issued the access token. */
  readonly obtainedAt: Date;
  /** Null: it never expires. */
  readonly expiresAt: Date | null;
  readonly refreshExpiresAt: Date | null;
  /** The newer of the last read and the last consent. */
  readonly usedAt: Date;
}

/**
 * When to refresh next, or null when nothing ages. A connection in use is due ahead of the end of its access token; an
 * idle one only as often as its refresh token needs; neither later than the end of the refresh token less its margin.
 * Whether it is in use is judged when the early moment has come, so an idle connection costs one look a lifetime.
 * `jitter` in [0, 1) spreads connections over a tenth of the wait, so that many never fall due together.
 */
export function nextRefreshAt(token: TokenAge, policy: RefreshPolicy, now: Date, jitter: number): Date | null {
  if (policy.kind === 'none' || policy.kind === 'derived' || token.expiresAt === null) return null;
  const obtainedMs = token.obtainedAt.getTime();
  const lifetimeMs = Math.max(0, token.expiresAt.getTime() - obtainedMs);
  const earlyMs = (lifetimeMs - refreshMarginMs(lifetimeMs)) * (1 - 0.1 * jitter);
  const idle = now.getTime() >= obtainedMs + earlyMs && !isInUse({ lifetimeMs, usedAt: token.usedAt, now });
  const waitMs = idle ? Math.max(earlyMs, policy.idleRefreshEveryMs * (1 - 0.1 * jitter)) : earlyMs;
  return new Date(Math.floor(obtainedMs + Math.min(waitMs, latestWaitMs(token))));
}

function latestWaitMs(token: TokenAge): number {
  if (token.refreshExpiresAt === null) return Number.POSITIVE_INFINITY;
  const leftMs = Math.max(0, token.refreshExpiresAt.getTime() - token.obtainedAt.getTime());
  return leftMs - refreshMarginMs(leftMs);
}

/** Often enough to hear of a dead permission in days, and so seldom that a thousand idle connections cost nearly nothing. */
const idleProbeEveryMs = 4 * dayMs;

/**
 * When to prove next that the credentials still work. An idle connection is proved more seldom: nobody reads it, and a
 * probe whose access token has ended costs a refresh.
 */
export function nextProbeAt(proof: { provenAt: Date; usedAt: Date }, policy: RefreshPolicy, now: Date): Date {
  const { probeEveryMs } = policy;
  const idle = now.getTime() - proof.usedAt.getTime() > probeEveryMs;
  return new Date(proof.provenAt.getTime() + (idle ? Math.max(probeEveryMs, idleProbeEveryMs) : probeEveryMs));
}

/** How long to wait after the n-th failure in a row (n ≥ 1): doubles from 5 s up to 15 min, less up to a quarter. */
export function backoffMs(failures: number, jitter: number): number {
  const cappedMs = Math.min(5_000 * 2 ** Math.min(failures - 1, 20), 15 * minuteMs);
  return Math.floor(cappedMs * (1 - 0.25 * jitter));
}

/** A number in [0, 1) that is always the same for the same text: jitter that survives a restart. */
export function jitterOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) / 2 ** 32;
}
