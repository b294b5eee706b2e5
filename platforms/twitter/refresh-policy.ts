import type { RefreshPolicy } from '../../model/refresh-policy.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * OAuth 2.0: each refresh replaces the refresh token, and the old one is dead (2026-11-23) [C]; its idle life is quoted
 * as six months [U]. OAuth 1.0a: nothing ages, so `expiresAt` is null and no refresh is ever due.
 *
 * A probe of OAuth 1.0a is a user read, $0.010 once a UTC day [O], so it is made weekly: 4 cents a month. An idle OAuth
 * 2.0 connection is refreshed weekly instead, which is free, and proves it just before a probe would fall due.
 * https://docs.x.com/x-api/getting-started/pricing (2026-11-23)
 */
export const refreshPolicy: RefreshPolicy = {
  kind: 'rotating',
  idleRefreshEveryMs: 7 * dayMs,
  probeEveryMs: 7 * dayMs,
};
