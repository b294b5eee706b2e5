import { fingerprint, randomText } from '../../simulator-secrets.ts';
import { randomKey, type Code, type GrantedToken, type UserToken, type World } from './world.ts';

/** A code lives 30 seconds (2026-11-23) [O]. */
const codeLifetimeMs = 30_000;

/**
 * The texts of OAuth 2.0: base64url of `<45 characters>:<time of issue>:1:1:<kind>:1`.
 * (2026-11-23) [I: decoded from the samples of X's documentation]
 */
function tokenText(world: World, kind: 'at' | 'rt' | 'ac'): string {
  const text = `${randomText(world.random, 45)}:${Math.floor(world.nowMs())}:1:1:${kind}:1`;
  return Buffer.from(text).toString('base64url');
}

/** A signed token for an account; it keeps the permission that the app has now, and begins with the account's id. */
export function issueUserToken(
  world: World,
  { name, id }: { readonly name: string; readonly id: string },
  level: UserToken['level'] = world.settings().permission,
): { token: string; secret: string } {
  const token = `${id}-${randomKey(world.random, 40)}`;
  const secret = randomKey(world.random, 45);
  world.kept.userTokens[token] = { secret, account: name, level };
  return { token, secret };
}

/** The token that the console shows for the first account; made when it is first looked at, anew when it has died. */
export function consoleToken(world: World): { token: string; secret: string } {
  const [first] = world.settings().accounts;
  if (first === undefined) throw new Error('The simulated X has no account.');
  const { consoleToken: shown, userTokens } = world.kept;
  if (shown !== null && userTokens[shown.token] !== undefined) return shown;
  const issued = issueUserToken(world, first);
  world.kept.consoleToken = issued;
  return issued;
}

/** The operator regenerates the token of the console: the old one dies, the new one has today's permission. */
export function regenerateConsoleToken(world: World): void {
  const { consoleToken: old, userTokens } = world.kept;
  if (old !== null) Reflect.deleteProperty(userTokens, old.token);
  world.kept.consoleToken = null;
  consoleToken(world);
}

/** The app's bearer token: one and the same until it is regenerated (2026-11-23) [O]. */
export function bearerToken(world: World): string {
  world.kept.bearerToken ??= `${'A'.repeat(22)}${randomKey(world.random, 20)}%2F${randomKey(world.random, 20)}%3D${randomKey(world.random, 40)}`;
  return world.kept.bearerToken;
}

/** A code for what was agreed. */
export function issueCode(world: World, code: Omit<Code, 'issuedAtMs'>): string {
  const value = tokenText(world, 'ac');
  world.kept.codes[fingerprint(value)] = { ...code, issuedAtMs: world.nowMs() };
  return value;
}

/** Takes a code: whatever comes of it, it is spent. Undefined when it is unknown, used or older than 30 seconds. */
export function takeCode(world: World, value: string): Code | undefined {
  const key = fingerprint(value);
  const code = world.kept.codes[key];
  Reflect.deleteProperty(world.kept.codes, key);
  return code !== undefined && world.nowMs() - code.issuedAtMs <= codeLifetimeMs ? code : undefined;
}

/** What the token endpoint answers. */
export interface IssuedTokens {
  readonly token_type: 'bearer';
  readonly expires_in: number;
  readonly access_token: string;
  readonly scope: string;
  readonly refresh_token?: string;
}

/** New tokens; a refresh token only with `offline.access` (2026-11-23) [O]. */
export function issueTokens(world: World, account: string, scopes: readonly string[]): IssuedTokens {
  forgetExpired(world);
  const lifetimeSeconds = world.settings().tokenLifetimeSeconds;
  const access = tokenText(world, 'at');
  const expiresAtMs = world.nowMs() + lifetimeSeconds * 1_000;
  world.kept.accessTokens[fingerprint(access)] = { account, scopes: [...scopes], expiresAtMs };
  const answer = {
    token_type: 'bearer',
    expires_in: lifetimeSeconds,
    access_token: access,
    scope: scopes.join(' '),
  } as const;
  if (!scopes.includes('offline.access')) return answer;
  const refresh = tokenText(world, 'rt');
  world.kept.refreshTokens[fingerprint(refresh)] = { account, scopes: [...scopes], expiresAtMs: null };
  return { ...answer, refresh_token: refresh };
}

/** What a living access token stands for. */
export function findAccessToken(world: World, value: string): GrantedToken | undefined {
  const token = world.kept.accessTokens[fingerprint(value)];
  const expiresAtMs = token?.expiresAtMs ?? 0;
  return expiresAtMs > world.nowMs() ? token : undefined;
}

/** Takes a refresh token: it is good for one use (2026-11-23) [C]. Undefined when it is unknown or used. */
export function takeRefreshToken(world: World, value: string): GrantedToken | undefined {
  const key = fingerprint(value);
  const token = world.kept.refreshTokens[key];
  Reflect.deleteProperty(world.kept.refreshTokens, key);
  return token;
}

/** Ends one OAuth 2.0 token, of either kind; false when there is none. */
export function endToken(world: World, value: string): boolean {
  const key = fingerprint(value);
  const { accessTokens, refreshTokens } = world.kept;
  const known = accessTokens[key] !== undefined || refreshTokens[key] !== undefined;
  Reflect.deleteProperty(accessTokens, key);
  Reflect.deleteProperty(refreshTokens, key);
  return known;
}

/** Ends everything that an account agreed to. */
export function removeAccess(world: World, account: string): void {
  const { userTokens, codes, accessTokens, refreshTokens } = world.kept;
  for (const table of [userTokens, codes, accessTokens, refreshTokens]) {
    for (const [key, held] of Object.entries<{ account: string }>(table)) {
      if (held.account === account) Reflect.deleteProperty(table, key);
    }
  }
}

function forgetExpired(world: World): void {
  const { accessTokens } = world.kept;
  for (const [key, { expiresAtMs }] of Object.entries(accessTokens)) {
    if (expiresAtMs !== null && expiresAtMs <= world.nowMs()) Reflect.deleteProperty(accessTokens, key);
  }
}
