import { z } from 'zod';
import { randomText } from '../../simulator-secrets.ts';
import type { RandomSource, SimulatorSurroundings } from '../../simulator.ts';
import { accessLevels } from '../capabilities.ts';
import { changedSettingsSchema, defaultSettings, type Account, type Settings } from './settings.ts';

const scopes = z.array(z.string());

// Secrets of OAuth 1.0a are held as they are: X computes signatures with them.
const userTokenSchema = z.strictObject({ secret: z.string(), account: z.string(), level: z.enum(accessLevels) });
export type UserToken = z.infer<typeof userTokenSchema>;

const requestTokenSchema = z.strictObject({
  secret: z.string(),
  callback: z.string(),
  level: z.enum(accessLevels),
  issuedAtMs: z.number(),
  /** Once the person has agreed. */
  agreed: z.strictObject({ account: z.string(), verifier: z.string() }).nullable(),
});

const codeSchema = z.strictObject({
  account: z.string(),
  redirectUri: z.string(),
  scopes,
  challenge: z.string(),
  challengeMethod: z.enum(['s256', 'plain']),
  issuedAtMs: z.number(),
});
export type Code = z.infer<typeof codeSchema>;

const grantedTokenSchema = z.strictObject({ account: z.string(), scopes, expiresAtMs: z.number().nullable() });
export type GrantedToken = z.infer<typeof grantedTokenSchema>;

const postSchema = z.strictObject({ id: z.string(), account: z.string(), text: z.string(), createdAtMs: z.number() });
const mediaSchema = z.strictObject({
  account: z.string(),
  totalBytes: z.number(),
  received: z.number(),
  done: z.boolean(),
});

const keptSchema = z.strictObject({
  apiKey: z.string(),
  apiSecret: z.string(),
  bearerToken: z.string().nullable(),
  clientId: z.string(),
  clientSecret: z.string(),
  /** The developer account, as a 402 names it. */
  enrolledAccount: z.string(),
  accountId: z.string(),
  /** What the console shows for the first account. */
  consoleToken: z.strictObject({ token: z.string(), secret: z.string() }).nullable(),
  settings: changedSettingsSchema,
  creditsMills: z.number(),
  userTokens: z.record(z.string(), userTokenSchema),
  requestTokens: z.record(z.string(), requestTokenSchema),
  /** Nonces by their fingerprint, with the timestamp (seconds) that they came with. */
  nonces: z.record(z.string(), z.number()),
  /** OAuth 2.0, by the fingerprint of what their holder shows. */
  codes: z.record(z.string(), codeSchema),
  accessTokens: z.record(z.string(), grantedTokenSchema),
  refreshTokens: z.record(z.string(), grantedTokenSchema),
  posts: z.array(postSchema),
  media: z.record(z.string(), mediaSchema),
  windows: z.record(z.string(), z.strictObject({ startedAtMs: z.number(), calls: z.number() })),
  month: z.strictObject({ start: z.string(), posts: z.number(), reads: z.number() }),
  /** User reads paid for today: they cost once a UTC day. */
  paidReads: z.strictObject({ day: z.string(), accounts: z.array(z.string()) }),
});
type Kept = z.infer<typeof keptSchema>;

/** The simulated X as its endpoints see it: what is kept, the settings in force, the time, randomness. */
export interface World {
  readonly kept: Kept;
  readonly random: RandomSource;
  settings(): Settings;
  nowMs(): number;
  account(name: string): Account | undefined;
}

/** Opens the simulated X; keys, client and account are made up at first use and kept. */
export function openWorld({ clock, random, memory, redirectUri }: SimulatorSurroundings): World {
  const kept = memory.keep(keptSchema, () => createKept(random));
  const settings = (): Settings => {
    const changed = Object.entries(kept.settings).filter(([, value]) => value !== undefined);
    return { ...defaultSettings(redirectUri, kept.accountId), ...Object.fromEntries(changed) };
  };
  return {
    kept,
    random,
    settings,
    nowMs: () => clock.now().getTime(),
    account: (name) => settings().accounts.find((account) => account.name === name),
  };
}

const digits = '0123456789';
const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A number as a text of this length, without a leading zero: ids of X. */
export function randomId(random: RandomSource, length: number): string {
  return `${1 + Number(randomText(random, 1, '012345678'))}${randomText(random, length - 1, digits)}`;
}

/** Letters and digits, as keys and secrets of OAuth 1.0a have them. */
export function randomKey(random: RandomSource, length: number): string {
  return randomText(random, length, alphanumeric);
}

function createKept(random: RandomSource): Kept {
  return {
    apiKey: randomKey(random, 25),
    apiSecret: randomKey(random, 50),
    bearerToken: null,
    // The text that X's samples decode to (2026-11-23) [I].
    clientId: Buffer.from(`${randomText(random, 20)}:1:ci`).toString('base64url'),
    clientSecret: randomText(random, 50),
    enrolledAccount: randomId(random, 19),
    accountId: randomId(random, 10),
    consoleToken: null,
    settings: {},
    creditsMills: 25_000,
    userTokens: {},
    requestTokens: {},
    nonces: {},
    codes: {},
    accessTokens: {},
    refreshTokens: {},
    posts: [],
    media: {},
    windows: {},
    month: { start: '', posts: 0, reads: 0 },
    paidReads: { day: '', accounts: [] },
  };
}
