import type { RefreshPolicy } from '../../model/refresh-policy.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Every refresh replaces the refresh token and kills the old one. It lives 180 days on pages dated November 2026 and 365
 * on older ones [O]; whether a rotation starts that time anew is not known [U], so an idle connection is refreshed weekly
 * and its true end is read from each answer. A refresh proves the grant, hence the probe comes only when a refresh did not.
 * https://developers.tiktok.com/doc/oauth-user-access-token-management (2026-11-23)
 */
export const refreshPolicy: RefreshPolicy = {
  kind: 'rotating',
  idleRefreshEveryMs: 7 * dayMs,
  probeEveryMs: 8 * dayMs,
};

/** So near its end, an access token that TikTok refuses proves nothing: clocks differ by minutes. */
export const clockToleranceMs = 10 * 60 * 1000;
