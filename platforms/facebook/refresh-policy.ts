import type { RefreshPolicy } from '../../model/refresh-policy.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * A Page token that comes from a long-lived user token has no end (2026-11-23) [C/U], so nothing is due. It still dies
 * with a password, a role or the app's permission, and data access ends 90 days after the last consent [C/O]: hence a
 * daily look. https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived (2026-11-23)
 */
export const refreshPolicy: RefreshPolicy = {
  kind: 'derived',
  idleRefreshEveryMs: 30 * dayMs,
  probeEveryMs: dayMs,
};
