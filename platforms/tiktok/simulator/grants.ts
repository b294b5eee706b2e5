import { fingerprint, randomText } from '../../simulator-secrets.ts';
import { tokenProfiles } from './settings.ts';
import type { Code, Stage, Token, World } from './world.ts';

const codeLifetimeMs = 10 * 60_000;

/** Whose grant, at which client, for what. */
type Granted = Pick<Token, 'stage' | 'account' | 'scopes'>;

/** A code for what was agreed; like TikTok's it holds `*` and `!`, which a callback must decode exactly once. */
export function issueCode(world: World, code: Omit<Code, 'issuedAtMs'>): string {
  forgetExpired(world);
  const value = `${randomText(world.random, 60)}*0!${randomText(world.random, 4, '0123456789')}.va`;
  world.kept.codes[fingerprint(value)] = { ...code, issuedAtMs: world.nowMs() };
  return value;
}

/** What a code stands for, used up by asking; undefined once it was used, is too old, or was never issued. */
export function takeCode(world: World, value: string): Code | undefined {
  const key = fingerprint(value);
  const code = world.kept.codes[key];
  Reflect.deleteProperty(world.kept.codes, key);
  return code !== undefined && world.nowMs() - code.issuedAtMs <= codeLifetimeMs ? code : undefined;
}

/** The flat answer of the token endpoint, with new tokens for a grant. `endsAtMs`: inherited by the refresh token. */
export function issueTokens(
  world: World,
  grant: Granted,
  endsAtMs?: number,
): Readonly<Record<string, string | number>> {
  forgetExpired(world);
  const { accessSeconds, refreshSeconds } = tokenProfiles[world.settings().tokenProfile];
  const nowMs = world.nowMs();
  const accessToken = `act.${randomText(world.random, 64)}!4567.va`;
  const refreshToken = `rft.${randomText(world.random, 64)}!4512.va`;
  const { stage, account, scopes } = grant;
  const refreshEndsAtMs = endsAtMs ?? nowMs + refreshSeconds * 1_000;
  world.kept.accessTokens[fingerprint(accessToken)] = {
    ...{ stage, account, scopes },
    expiresAtMs: nowMs + accessSeconds * 1_000,
  };
  world.kept.refreshTokens[fingerprint(refreshToken)] = { stage, account, scopes, expiresAtMs: refreshEndsAtMs };
  return {
    access_token: accessToken,
    expires_in: accessSeconds,
    open_id: openIdOf(world, stage, account),
    refresh_expires_in: Math.floor((refreshEndsAtMs - nowMs) / 1_000),
    refresh_token: refreshToken,
    scope: scopes.join(','),
    token_type: 'Bearer',
  };
}

/** What a living access token stands for. */
export function findAccessToken(world: World, value: string): Token | undefined {
  return alive(world, world.kept.accessTokens[fingerprint(value)]);
}

/** What a living refresh token stands for. */
export function findRefreshToken(world: World, value: string): Token | undefined {
  return alive(world, world.kept.refreshTokens[fingerprint(value)]);
}

/** Kills a refresh token: its successor has been issued. */
export function spendRefreshToken(world: World, value: string): void {
  Reflect.deleteProperty(world.kept.refreshTokens, fingerprint(value));
}

function alive(world: World, token: Token | undefined): Token | undefined {
  return token !== undefined && token.expiresAtMs > world.nowMs() ? token : undefined;
}

/** Ends all that an account granted, to one client or to both. */
export function removeAccess(world: World, account: string, stage?: Stage): void {
  const { codes, refreshTokens, accessTokens } = world.kept;
  forgetOf(codes, account, stage);
  forgetOf(refreshTokens, account, stage);
  forgetOf(accessTokens, account, stage);
}

function forgetOf(table: Record<string, Granted>, account: string, stage: Stage | undefined): void {
  for (const [key, held] of Object.entries(table)) {
    if (held.account === account && (stage === undefined || held.stage === stage)) Reflect.deleteProperty(table, key);
  }
}

/** The account as one client sees it: each sees another id (2026-11-23) [O; a sandbox's own: U]. */
export function openIdOf(world: World, stage: Stage, account: string): string {
  return `-000${fingerprint(`${world.kept[stage].clientKey}/${account}`).slice(0, 32)}`;
}

/** The account as all clients of the developer see it. */
export function unionIdOf(world: World, account: string): string {
  return fingerprint(`${world.kept.production.clientKey}/union/${account}`).slice(0, 36);
}

const sweepEvery = 256;

/** Keeps the state small over a simulated year; lookups check the time themselves. */
function forgetExpired(world: World): void {
  const { codes, accessTokens } = world.kept;
  const nowMs = world.nowMs();
  if (Object.keys(accessTokens).length % sweepEvery !== 0) return;
  for (const [key, token] of Object.entries(accessTokens)) {
    if (token.expiresAtMs <= nowMs) Reflect.deleteProperty(accessTokens, key);
  }
  for (const [key, code] of Object.entries(codes)) {
    if (nowMs - code.issuedAtMs > codeLifetimeMs) Reflect.deleteProperty(codes, key);
  }
}
