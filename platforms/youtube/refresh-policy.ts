import type { RefreshPolicy } from '../../model/refresh-policy.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Google's refresh token stays the same over refreshes (2026-11-23) [C/U]. It dies after six months without use [C/U],
 * so an idle connection uses it monthly: five missed refreshes do no harm. In Testing it dies 7 days after the
 * consent, used or not [O]; the connection's refreshExpiresAt says so.
 * https://developers.google.com/identity/protocols/oauth2#expiration (2026-11-23)
 */
export const refreshPolicy: RefreshPolicy = {
  kind: 'stable',
  idleRefreshEveryMs: 30 * dayMs,
  probeEveryMs: dayMs,
};

/** The life of a refresh token of an app in Testing, for when the answer does not state it. [O] */
export const testingRefreshTokenMs = 7 * dayMs;
