import { z } from 'zod';
import { randomText } from '../../simulator-secrets.ts';
import type { RandomSource, SimulatorSurroundings } from '../../simulator.ts';
import { changedSettingsSchema, defaultSettings, type Account, type Page, type Settings } from './settings.ts';

const consentSchema = z.strictObject({
  granted: z.array(z.string()),
  declined: z.array(z.string()),
  /** Ids of the Pages that were ticked. */
  pages: z.array(z.string()),
  /** When the person last used the app: data access ends so many days later. */
  engagedAtMs: z.number(),
});
export type Consent = z.infer<typeof consentSchema>;

const codeSchema = z.strictObject({
  account: z.string(),
  redirectUri: z.string(),
  issuedAtMs: z.number(),
  spent: z.boolean(),
});
export type Code = z.infer<typeof codeSchema>;

const tokenSchema = z.strictObject({
  type: z.enum(['USER', 'PAGE']),
  account: z.string(),
  pageId: z.string().nullable(),
  longLived: z.boolean(),
  issuedAtMs: z.number(),
  expiresAtMs: z.number().nullable(),
  /** The subcode of 190 that ended it before its time. */
  ended: z.number().nullable(),
});
export type Token = z.infer<typeof tokenSchema>;

const postSchema = z.strictObject({ id: z.string(), pageId: z.string(), message: z.string(), published: z.boolean() });

const containerSchema = z.strictObject({
  id: z.string(),
  instagramId: z.string(),
  createdAtMs: z.number(),
  isCarousel: z.boolean(),
  publishedAs: z.string().nullable(),
});
export type Container = z.infer<typeof containerSchema>;

const windowSchema = z.strictObject({ startMs: z.number(), calls: z.number() });
export type UsageWindow = z.infer<typeof windowSchema>;

const keptSchema = z.strictObject({
  appId: z.string(),
  appSecret: z.string(),
  userId: z.string(),
  pageId: z.string(),
  instagramId: z.string(),
  settings: changedSettingsSchema,
  /** By the name of the account. */
  consents: z.record(z.string(), consentSchema),
  /** Codes and tokens by the fingerprint of what their holder shows. */
  codes: z.record(z.string(), codeSchema),
  tokens: z.record(z.string(), tokenSchema),
  posts: z.array(postSchema),
  containers: z.array(containerSchema),
  media: z.array(z.strictObject({ id: z.string(), instagramId: z.string(), publishedAtMs: z.number() })),
  appUsage: windowSchema,
  pageUsage: z.record(z.string(), windowSchema),
});
type Kept = z.infer<typeof keptSchema>;

/** The simulated Meta as its endpoints see it: what is kept, the settings in force, the time, randomness. */
export interface World {
  readonly kept: Kept;
  readonly random: RandomSource;
  settings(): Settings;
  nowMs(): number;
  account(name: string): Account | undefined;
}

const digits = '0123456789';

/** Opens the simulated Meta; app, secret and ids are made up at first use and kept. */
export function openWorld({ clock, random, memory }: SimulatorSurroundings): World {
  const kept = memory.keep(keptSchema, () => createKept(random));
  const settings = (): Settings => {
    const changed = Object.entries(kept.settings).filter(([, value]) => value !== undefined);
    return { ...defaultSettings(kept), ...Object.fromEntries(changed) };
  };
  return {
    kept,
    random,
    settings,
    nowMs: () => clock.now().getTime(),
    account: (name) => settings().accounts.find((account) => account.name === name),
  };
}

/** An id of so many digits that starts with `prefix`. */
export function createId(random: RandomSource, prefix: string, length: number): string {
  return prefix + randomText(random, length - prefix.length, digits);
}

/** An app secret as the dashboard shows it. */
export function createAppSecret(random: RandomSource): string {
  return randomText(random, 32, '0123456789abcdef');
}

/** All Pages that a person reaches, own ones first, each once. */
export function pagesOf(account: Account): readonly Page[] {
  const ofBusinesses = account.businesses.flatMap(({ ownedPages, clientPages }) => [...ownedPages, ...clientPages]);
  const own = new Set(account.pages.map(({ id }) => id));
  const others = new Map(ofBusinesses.filter(({ id }) => !own.has(id)).map((page) => [page.id, page]));
  return [...account.pages, ...others.values()];
}

function createKept(random: RandomSource): Kept {
  return {
    appId: createId(random, '1', 16),
    appSecret: createAppSecret(random),
    userId: createId(random, '1022', 17),
    pageId: createId(random, '6155', 15),
    instagramId: createId(random, '17841', 17),
    settings: {},
    consents: {},
    codes: {},
    tokens: {},
    posts: [],
    containers: [],
    media: [],
    appUsage: { startMs: 0, calls: 0 },
    pageUsage: {},
  };
}
