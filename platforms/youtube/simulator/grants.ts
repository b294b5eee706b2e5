import { fingerprint, randomText } from '../../simulator-secrets.ts';
import type { AccessToken, Code, RefreshToken, World } from './world.ts';

const dayMs = 86_400_000;
const codeLifetimeMs = 10 * 60_000;
const testingLifetimeSeconds = 604_799;

/**
 * How many refresh tokens live for one account and client, and for how long unused.
 * https://developers.google.com/identity/protocols/oauth2#expiration (checked 2026-11-23 [C/U])
 */
const refreshTokenCap = 100;
const idleLifetimeMs = 183 * dayMs;

/** A code for what was agreed, good for 10 minutes and one exchange. */
export function issueCode(world: World, code: Omit<Code, 'issuedAtMs'>): string {
  forgetExpired(world);
  const value = `4/0A${randomText(world.random, 70)}`;
  world.kept.codes[fingerprint(value)] = { ...code, issuedAtMs: world.nowMs() };
  return value;
}

/** What a code stands for; undefined once it is used, older than 10 minutes, or was never issued. */
export function findCode(world: World, value: string): Code | undefined {
  const code = world.kept.codes[fingerprint(value)];
  return code !== undefined && world.nowMs() - code.issuedAtMs <= codeLifetimeMs ? code : undefined;
}

/** Uses a code up. */
export function spendCode(world: World, value: string): void {
  Reflect.deleteProperty(world.kept.codes, fingerprint(value));
}

/** A new access token, for as long as the settings say. */
export function issueAccessToken(
  world: World,
  grant: { account: string; scopes: string[]; offline: boolean },
): { value: string; lifetimeSeconds: number } {
  forgetExpired(world);
  const value = `ya29.a0A${randomText(world.random, 200)}`;
  const lifetimeSeconds = world.settings().tokenLifetimeSeconds;
  world.kept.accessTokens[fingerprint(value)] = { ...grant, expiresAtMs: world.nowMs() + lifetimeSeconds * 1_000 };
  return { value, lifetimeSeconds };
}

/** What a living access token stands for. */
export function findAccessToken(world: World, value: string): AccessToken | undefined {
  const token = world.kept.accessTokens[fingerprint(value)];
  return token !== undefined && token.expiresAtMs > world.nowMs() ? token : undefined;
}

/** A new refresh token; beyond the cap, the oldest one of this account dies without a word. */
export function issueRefreshToken(world: World, grant: { account: string; scopes: string[] }): string {
  const value = `1//0${randomText(world.random, 98)}`;
  const nowMs = world.nowMs();
  const { publishingStatus, refreshTokenLifetimeSeconds } = world.settings();
  const seconds = refreshTokenLifetimeSeconds ?? (publishingStatus === 'testing' ? testingLifetimeSeconds : null);
  const expiresAtMs = seconds === null ? null : nowMs + seconds * 1_000;
  world.kept.refreshTokens[fingerprint(value)] = { ...grant, issuedAtMs: nowMs, lastUsedAtMs: nowMs, expiresAtMs };
  // Insertion order is the order of issue, also across a restart: no fingerprint looks like an integer.
  const ofAccount = Object.entries(world.kept.refreshTokens).filter(([, token]) => token.account === grant.account);
  for (const [key] of ofAccount.slice(0, -refreshTokenCap)) Reflect.deleteProperty(world.kept.refreshTokens, key);
  return value;
}

/** What a living refresh token stands for: not revoked, not expired, not idle for 6 months. */
export function findRefreshToken(world: World, value: string): RefreshToken | undefined {
  const token = world.kept.refreshTokens[fingerprint(value)];
  return token !== undefined && isAlive(token, world.nowMs()) ? token : undefined;
}

function isAlive(token: RefreshToken, nowMs: number): boolean {
  return nowMs - token.lastUsedAtMs < idleLifetimeMs && (token.expiresAtMs === null || token.expiresAtMs > nowMs);
}

/** Seconds that a refresh token has left; null: no fixed end. */
export function secondsLeft(world: World, token: RefreshToken): number | null {
  return token.expiresAtMs === null ? null : Math.floor((token.expiresAtMs - world.nowMs()) / 1_000);
}

/** Ends everything that an account granted: consent, refresh tokens, access tokens, codes on their way. */
export function removeAccess(world: World, account: string): void {
  const { consents, codes, refreshTokens, accessTokens } = world.kept;
  Reflect.deleteProperty(consents, account);
  forgetOf(codes, account);
  forgetOf(refreshTokens, account);
  forgetOf(accessTokens, account);
}

function forgetOf(table: Record<string, { account: string }>, account: string): void {
  for (const [key, held] of Object.entries(table)) {
    if (held.account === account) Reflect.deleteProperty(table, key);
  }
}

const sweepEvery = 256;

/** Keeps the state small over a simulated year; a look now and then is enough, since lookups check the time themselves. */
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
