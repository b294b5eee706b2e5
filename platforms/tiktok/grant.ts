import type { Grant } from '../../model/credentials.ts';
import { splitScopes } from '../oauth.ts';
import type { TokenAnswer } from './token-calls.ts';

function after(now: Date, seconds: number): string {
  return new Date(now.getTime() + seconds * 1000).toISOString();
}

/**
 * What a token answer changes in a connection, for both grants alike. Times come from the answer only: tokens of 2 hours
 * and of 24 are issued side by side (2026-11-23) [O]. What TikTok did not send keeps its value.
 */
export function grantOf(answer: TokenAnswer, now: Date): Grant {
  const expiresAt = after(now, answer.expires_in);
  const { refresh_token, refresh_expires_in, scope, open_id } = answer;
  const refreshExpiresAt = refresh_expires_in === undefined ? undefined : after(now, refresh_expires_in);
  return {
    credentials: {
      access_token: answer.access_token,
      token_expiry: expiresAt,
      ...(refresh_token === undefined ? {} : { refresh_token }),
      ...(refreshExpiresAt === undefined ? {} : { refresh_token_expiry: refreshExpiresAt }),
      ...(open_id === undefined ? {} : { open_id }),
    },
    expiresAt,
    ...(refreshExpiresAt === undefined ? {} : { refreshExpiresAt }),
    ...(scope === undefined ? {} : { scopes: splitScopes(scope, ',') }),
  };
}
