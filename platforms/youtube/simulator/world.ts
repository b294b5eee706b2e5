import { z } from 'zod';
import { randomText } from '../../simulator-secrets.ts';
import type { RandomSource, SimulatorSurroundings } from '../../simulator.ts';
import { changedSettingsSchema, defaultSettings, type Account, type Settings } from './settings.ts';

const scopes = z.array(z.string());

const codeSchema = z.strictObject({
  account: z.string(),
  redirectUri: z.string(),
  scopes,
  challenge: z.string().nullable(),
  challengeMethod: z.enum(['S256', 'plain']),
  /** A refresh token comes of it: offline access was asked for and the person saw the consent page. */
  givesRefreshToken: z.boolean(),
  isOffline: z.boolean(),
  issuedAtMs: z.number(),
});
export type Code = z.infer<typeof codeSchema>;

const refreshTokenSchema = z.strictObject({
  account: z.string(),
  scopes,
  issuedAtMs: z.number(),
  lastUsedAtMs: z.number(),
  expiresAtMs: z.number().nullable(),
});
export type RefreshToken = z.infer<typeof refreshTokenSchema>;

const accessTokenSchema = z.strictObject({
  account: z.string(),
  scopes,
  expiresAtMs: z.number(),
  offline: z.boolean(),
});
export type AccessToken = z.infer<typeof accessTokenSchema>;

const videoSchema = z.strictObject({
  id: z.string(),
  channelId: z.string(),
  title: z.string(),
  description: z.string(),
  categoryId: z.string(),
  privacyStatus: z.string(),
  publishedAt: z.string(),
});
export type Video = z.infer<typeof videoSchema>;

const uploadSchema = z.strictObject({
  video: videoSchema,
  received: z.number(),
  total: z.number().nullable(),
  done: z.boolean(),
  startedAtMs: z.number(),
});
export type Upload = z.infer<typeof uploadSchema>;

const keptSchema = z.strictObject({
  clientId: z.string(),
  clientSecret: z.string(),
  projectNumber: z.string(),
  channelId: z.string(),
  settings: changedSettingsSchema,
  /** Scopes that an account has agreed to, by its name: what the person would see at myaccount.google.com. */
  consents: z.record(z.string(), scopes),
  /** Codes, tokens and upload sessions by the fingerprint of what their holder shows. */
  codes: z.record(z.string(), codeSchema),
  refreshTokens: z.record(z.string(), refreshTokenSchema),
  accessTokens: z.record(z.string(), accessTokenSchema),
  uploads: z.record(z.string(), uploadSchema),
  videos: z.array(videoSchema),
  quota: z.strictObject({ day: z.string(), uploads: z.number(), units: z.number() }),
});
type Kept = z.infer<typeof keptSchema>;

/** The simulated Google as its endpoints see it: what is kept, the settings in force, the time, randomness. */
export interface World {
  readonly kept: Kept;
  readonly random: RandomSource;
  settings(): Settings;
  nowMs(): number;
  account(name: string): Account | undefined;
}

/** Opens the simulated Google; client, secret and channel are made up at first use and kept. */
export function openWorld({ clock, random, memory, redirectUri }: SimulatorSurroundings): World {
  const kept = memory.keep(keptSchema, () => createKept(random));
  const settings = (): Settings => {
    const changed = Object.entries(kept.settings).filter(([, value]) => value !== undefined);
    return { ...defaultSettings(redirectUri, kept.channelId), ...Object.fromEntries(changed) };
  };
  return {
    kept,
    random,
    settings,
    nowMs: () => clock.now().getTime(),
    account: (name) => settings().accounts.find((account) => account.name === name),
  };
}

function createKept(random: RandomSource): Kept {
  const projectNumber = `${1 + Number(randomText(random, 1, '012345678'))}${randomText(random, 11, '0123456789')}`;
  const client = randomText(random, 32, 'abcdefghijklmnopqrstuvwxyz0123456789');
  return {
    clientId: `${projectNumber}-${client}.apps.googleusercontent.com`,
    clientSecret: createClientSecret(random),
    projectNumber,
    channelId: `UC${randomText(random, 22)}`,
    settings: {},
    consents: {},
    codes: {},
    refreshTokens: {},
    accessTokens: {},
    uploads: {},
    videos: [],
    quota: { day: '', uploads: 0, units: 0 },
  };
}

/** A client secret as Google's console shows it. */
export function createClientSecret(random: RandomSource): string {
  return `GOCSPX-${randomText(random, 28)}`;
}
