import type { Grant } from '../../model/credentials.ts';
import { splitScopes } from '../oauth.ts';
import type { TokenAnswer } from './api.ts';
import type { AppCredentials } from './credentials.ts';
import { testingRefreshTokenMs } from './refresh-policy.ts';

function after(now: Date, ms: number): string {
  return new Date(now.getTime() + ms).toISOString();
}

/**
 * The part of a connection that a refresh changes. A field that Google did not send is left out, so that the refresh
 * token and the end of the grant keep their values; a new refresh token is taken, should Google ever rotate it.
 */
export function refreshedGrant(answer: TokenAnswer, now: Date): Grant {
  const expiresAt = after(now, answer.expires_in * 1000);
  const { refresh_token, refresh_token_expires_in, scope } = answer;
  return {
    credentials: {
      access_token: answer.access_token,
      token_expiry: expiresAt,
      ...(refresh_token === undefined ? {} : { refresh_token }),
    },
    expiresAt,
    ...(scope === undefined ? {} : { scopes: splitScopes(scope, ' ') }),
    ...(refresh_token_expires_in === undefined
      ? {}
      : { refreshExpiresAt: after(now, refresh_token_expires_in * 1000) }),
  };
}

/** All that a consent gave. Without a stated end the refresh token has none, save that of an app in Testing. */
export function consentedGrant(app: AppCredentials, answer: TokenAnswer, now: Date): Grant {
  const grant = refreshedGrant(answer, now);
  if (grant.refreshExpiresAt !== undefined) return { ...grant, mode: restricted(app, grant.refreshExpiresAt) };
  if (app.publishing_status !== 'testing') {
    return { ...grant, refreshExpiresAt: null, mode: { mode: 'live', reason: null } };
  }
  const refreshExpiresAt = after(now, testingRefreshTokenMs);
  return { ...grant, refreshExpiresAt, mode: restricted(app, refreshExpiresAt) };
}

function restricted(app: AppCredentials, until: string | null): NonNullable<Grant['mode']> {
  const why =
    app.publishing_status === 'production'
      ? 'Google gave this permission for a limited time, because the person chose so or the app is still in Testing'
      : 'The Google app is in Testing, where a permission lasts 7 days';
  const day = until?.slice(0, 10) ?? 'then';
  return {
    mode: 'restricted',
    reason: `${why}. It ends on ${day}: publish the app (Audience → Publish app) and agree again, and it lasts.`,
  };
}
