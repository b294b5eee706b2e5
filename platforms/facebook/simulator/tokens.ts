import { fingerprint, randomText } from '../../simulator-secrets.ts';
import { deadToken, expiredToken, unreadableToken, type GraphFault } from './graph-fault.ts';
import type { Code, Token, World } from './world.ts';

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Codes live about ten minutes [U]. (checked 2026-11-23) */
const codeLifetimeMs = 10 * 60_000;

/** A code for what an account agreed to. */
export function issueCode(world: World, about: Pick<Code, 'account' | 'redirectUri'>): string {
  const value = `AQ${randomText(world.random, 200)}`;
  world.kept.codes[fingerprint(value)] = { ...about, issuedAtMs: world.nowMs(), spent: false };
  return value;
}

/** What was ever said of a code; it says itself whether it is spent or too old. */
export function findCode(world: World, value: string): (Code & { isTooOld: boolean; spend(): void }) | undefined {
  const code = world.kept.codes[fingerprint(value)];
  if (code === undefined) return undefined;
  const isTooOld = world.nowMs() - code.issuedAtMs > codeLifetimeMs;
  return {
    ...code,
    isTooOld,
    spend: () => {
      code.spent = true;
    },
  };
}

/** A token of the form that Meta's have. */
export function issueToken(world: World, token: Omit<Token, 'issuedAtMs' | 'ended'>): string {
  forgetOld(world);
  const value = `EAA${randomText(world.random, 190, alphanumeric)}`;
  world.kept.tokens[fingerprint(value)] = { ...token, issuedAtMs: world.nowMs(), ended: null };
  return value;
}

/** A user token for as long as its kind lives, or until the end given. */
export function issueUserToken(
  world: World,
  account: string,
  longLived: boolean,
  endMs: number | null = null,
): { value: string; seconds: number } {
  const { shortTokenSeconds, longTokenSeconds } = world.settings();
  const nowMs = world.nowMs();
  const expiresAtMs = endMs ?? nowMs + (longLived ? longTokenSeconds : shortTokenSeconds) * 1_000;
  const value = issueToken(world, { type: 'USER', account, pageId: null, longLived, expiresAtMs });
  return { value, seconds: Math.floor((expiresAtMs - nowMs) / 1_000) };
}

/**
 * A Page's token: without an end from a long-lived user token, for an hour from a short-lived one.
 * https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived (checked 2026-11-23; 1 h [O], no
 * end [C/U])
 */
export function issuePageToken(world: World, parent: Token, pageId: string): string {
  const expiresAtMs = parent.longLived ? null : world.nowMs() + hourMs;
  const { account, longLived } = parent;
  return issueToken(world, { type: 'PAGE', account, pageId, longLived, expiresAtMs });
}

/** The token as it was issued, dead or alive; undefined: Meta never issued it. */
export function findToken(world: World, value: string): Token | undefined {
  return world.kept.tokens[fingerprint(value)];
}

/** A living token. Throws 190 otherwise. */
export function requireToken(world: World, value: string): Token {
  const token = findToken(world, value);
  const fault = token === undefined ? unreadableToken() : whyDead(world, token);
  if (fault !== null || token === undefined) throw fault ?? unreadableToken();
  return token;
}

/** What ended a token; null: it lives. */
export function whyDead(world: World, token: Token): GraphFault | null {
  const nowMs = world.nowMs();
  const account = world.account(token.account);
  const { lostPageRoles } = world.settings();
  const dead = (subcode: number): GraphFault => deadToken(subcode, world.kept.appId);
  if (token.ended !== null) return dead(token.ended);
  if (account === undefined || world.kept.consents[token.account] === undefined) return dead(458);
  if (account.checkpointed) return dead(459);
  if (!account.confirmed) return dead(464);
  if (token.expiresAtMs !== null && token.expiresAtMs <= nowMs) return expiredToken(token.expiresAtMs, nowMs);
  if (token.pageId !== null && lostPageRoles.includes(token.pageId)) return dead(492);
  return dataAccessEndsAtMs(world, token.account) <= nowMs ? dead(493) : null;
}

/** Data access ends so many days after the person last agreed. */
export function dataAccessEndsAtMs(world: World, account: string): number {
  const engagedAtMs = world.kept.consents[account]?.engagedAtMs ?? 0;
  return engagedAtMs + world.settings().dataAccessDays * dayMs;
}

/** Ends every token of an account, Page tokens included, with a subcode of 190. */
export function endTokens(world: World, account: string, subcode: number): void {
  for (const token of Object.values(world.kept.tokens)) {
    if (token.account === account) token.ended ??= subcode;
  }
}

/** The person, or the app for the person, takes the app away: 458 from then on. */
export function removeApp(world: World, account: string): void {
  endTokens(world, account, 458);
  Reflect.deleteProperty(world.kept.consents, account);
  for (const [key, code] of Object.entries(world.kept.codes)) {
    if (code.account === account) Reflect.deleteProperty(world.kept.codes, key);
  }
}

const sweepEvery = 256;

/** Keeps the state small over simulated years: what died long ago is forgotten, and then cannot be parsed. */
function forgetOld(world: World): void {
  const { tokens, codes } = world.kept;
  if (Object.keys(tokens).length % sweepEvery !== sweepEvery - 1) return;
  const longAgoMs = world.nowMs() - 120 * dayMs;
  for (const [key, token] of Object.entries(tokens)) {
    const endMs = token.expiresAtMs ?? (token.ended === null ? Infinity : token.issuedAtMs);
    if (endMs < longAgoMs) Reflect.deleteProperty(tokens, key);
  }
  for (const [key, code] of Object.entries(codes)) {
    if (code.issuedAtMs < longAgoMs) Reflect.deleteProperty(codes, key);
  }
}
