import type { Grant } from '../../model/credentials.ts';
import type { PlatformContext } from '../platform.ts';
import { identityOf } from './account.ts';
import { fetchUserInfo } from './api-calls.ts';
import type { TiktokCredentials } from './credentials.ts';
import { grantOf } from './grant.ts';
import { clockToleranceMs } from './refresh-policy.ts';
import { refreshTokens } from './token-calls.ts';

/** New tokens, asked for once; the refresh token that was stored is dead from then on. */
export async function refresh(credentials: TiktokCredentials, context: PlatformContext): Promise<Grant> {
  const answer = await refreshTokens(credentials, credentials.refresh_token, context);
  return grantOf(answer, context.clock.now());
}

/**
 * Asks whose token it is. Without a living access token nothing can be proved: the refresh token may be spent under the
 * lease of a refresh only, so its next refresh is the proof.
 */
export async function probe(credentials: TiktokCredentials, context: PlatformContext): Promise<Grant> {
  const { access_token, token_expiry } = credentials;
  if (access_token === undefined) return refreshLater;
  const endsMs = token_expiry === undefined ? Number.POSITIVE_INFINITY : Date.parse(token_expiry);
  if (endsMs - context.clock.now().getTime() <= clockToleranceMs) return refreshLater;
  return { credentials: identityOf(await fetchUserInfo(access_token, context)) };
}

const refreshLater: Grant = { credentials: {} };
