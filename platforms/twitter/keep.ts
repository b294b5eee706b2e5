import type { Grant } from '../../model/credentials.ts';
import type { PlatformContext } from '../platform.ts';
import { identify, invalidateToken, refreshTokens, revokeToken } from './api.ts';
import {
  methodOf,
  readClient,
  readRefreshable,
  readUserKeys,
  readerOf,
  readUserTokens,
  toRecord,
  type Reader,
  type TwitterCredentials,
} from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { identityGrant, tokenGrant } from './grant.ts';

/**
 * New tokens for a refresh token, which this spends. Nothing of OAuth 1.0a ages, so no refresh of it is ever due; one that
 * is forced verifies the keys and returns them as they are.
 */
export async function refresh(credentials: TwitterCredentials, context: PlatformContext): Promise<Grant> {
  const record = toRecord(credentials);
  if (methodOf(readerOf(record)) === 'oauth1') {
    return identityGrant(await identify(readUserTokens(record), context), 'oauth1');
  }
  const { refresh_token, ...client } = readRefreshable(record);
  return tokenGrant(await refreshTokens(client, refresh_token, context), context.clock.now());
}

/**
 * Asks X whose tokens these are: a user read, which costs $0.010 once a UTC day. With OAuth 2.0 an access token that has
 * ended proves nothing and the refresh token must not be spent outside a refresh, so then nothing is asked; one that X
 * refuses early is given as ended, and the refresh that is then due decides.
 */
export async function probe(credentials: TwitterCredentials, context: PlatformContext): Promise<Grant> {
  const record = toRecord(credentials);
  const method = methodOf(readerOf(record));
  const now = context.clock.now();
  const { token_expiry } = credentials;
  if (method === 'oauth2' && token_expiry !== undefined && Date.parse(token_expiry) <= now.getTime()) {
    return { credentials: {} };
  }
  try {
    return identityGrant(await identify(readUserTokens(record), context), method);
  } catch (error) {
    const isRefused = method === 'oauth2' && diagnose(error, now).code === 'unauthorized';
    if (!isRefused || credentials.refresh_token === undefined) throw error;
    const ended = now.toISOString();
    return { credentials: { token_expiry: ended }, expiresAt: ended };
  }
}

/** Ends the tokens at X; dead ones, and an onboarding that never had any, are no failure. */
export async function revoke(field: Reader, context: PlatformContext): Promise<void> {
  if (methodOf(field) === 'oauth1') await revokeSigned(field, context);
  else await revokeGranted(field, context);
}

async function revokeSigned(field: Reader, context: PlatformContext): Promise<void> {
  const [api_key, api_secret] = [field('api_key'), field('api_secret')];
  const [access_token, access_token_secret] = [field('access_token'), field('access_token_secret')];
  if (!api_key || !api_secret || !access_token || !access_token_secret) return;
  const keys = readUserKeys({ api_key, api_secret, access_token, access_token_secret });
  await unlessDead(() => invalidateToken(keys, context), context);
}

async function revokeGranted(field: Reader, context: PlatformContext): Promise<void> {
  const [client_id, client_secret = ''] = [field('client_id'), field('client_secret')];
  if (!client_id) return;
  const client = readClient({ client_id, client_secret });
  // Whether one takes the other along is not documented, so both are ended, the longer-lived first.
  for (const kind of ['refresh_token', 'access_token'] as const) {
    const token = field(kind);
    if (token) await unlessDead(() => revokeToken(client, token, kind, context), context);
  }
}

async function unlessDead(act: () => Promise<void>, context: PlatformContext): Promise<void> {
  try {
    await act();
  } catch (error) {
    const { kind } = diagnose(error, context.clock.now());
    if (kind !== 'needs_consent') throw error;
  }
}
