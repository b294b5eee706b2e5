import type { Grant } from '../../model/credentials.ts';
import type { PlatformContext } from '../platform.ts';
import { inspectToken, refreshTokens } from './api.ts';
import type { YoutubeCredentials } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { refreshedGrant } from './grant.ts';

/** A new access token, and a new refresh token should Google send one. */
export async function refresh(credentials: YoutubeCredentials, context: PlatformContext): Promise<Grant> {
  const answer = await refreshTokens(credentials, credentials.refresh_token, context);
  return refreshedGrant(answer, context.clock.now());
}

/**
 * Asks Google what the access token is good for; no quota cost. An access token that has ended proves nothing about the
 * connection, so then the refresh token is tried: Google's is not spent by that, hence no lease is needed.
 */
export async function probe(credentials: YoutubeCredentials, context: PlatformContext): Promise<Grant> {
  const now = context.clock.now();
  const { access_token, token_expiry } = credentials;
  const hasEnded = token_expiry !== undefined && Date.parse(token_expiry) <= now.getTime();
  if (access_token === undefined || hasEnded) return refresh(credentials, context);
  try {
    const { scopes, expiresInSeconds } = await inspectToken(access_token, context);
    const expiresAt = new Date(now.getTime() + expiresInSeconds * 1000).toISOString();
    return { credentials: { token_expiry: expiresAt }, scopes, expiresAt };
  } catch (error) {
    if (diagnose(error, now).code !== 'invalid_token') throw error;
    return refresh(credentials, context);
  }
}
