import { z } from 'zod';
import { randomText } from '../../simulator-secrets.ts';
import type { RandomSource, SimulatorSurroundings } from '../../simulator.ts';
import { changedSettingsSchema, defaultSettings, type Account, type Settings } from './settings.ts';

/** The two clients of the app: each has a key, a secret and grants of its own. */
export const stages = ['sandbox', 'production'] as const;
export type Stage = (typeof stages)[number];

const client = z.strictObject({ clientKey: z.string(), clientSecret: z.string() });
export type Client = z.infer<typeof client>;

const granted = { stage: z.enum(stages), account: z.string(), scopes: z.array(z.string()) };

const codeSchema = z.strictObject({
  ...granted,
  redirectUri: z.string(),
  challenge: z.string().nullable(),
  issuedAtMs: z.number(),
});
export type Code = z.infer<typeof codeSchema>;

const tokenSchema = z.strictObject({ ...granted, expiresAtMs: z.number() });
export type Token = z.infer<typeof tokenSchema>;

const postSchema = z.strictObject({
  id: z.string(),
  stage: z.enum(stages),
  account: z.string(),
  kind: z.enum(['direct', 'draft']),
  startedAtMs: z.number(),
  size: z.number(),
  chunkSize: z.number(),
  chunks: z.number(),
  received: z.number(),
  complete: z.boolean(),
  privacyLevel: z.string().nullable(),
});
export type Post = z.infer<typeof postSchema>;

const keptSchema = z.strictObject({
  sandbox: client,
  production: client,
  settings: changedSettingsSchema,
  /** Codes, tokens and uploads by the fingerprint of what their holder shows. */
  codes: z.record(z.string(), codeSchema),
  refreshTokens: z.record(z.string(), tokenSchema),
  accessTokens: z.record(z.string(), tokenSchema),
  /** The publish_id by the fingerprint of the upload address. */
  uploads: z.record(z.string(), z.string()),
  posts: z.array(postSchema),
  /** When calls were made, by limit and token. */
  calls: z.record(z.string(), z.array(z.number())),
});
type Kept = z.infer<typeof keptSchema>;

/** The simulated TikTok as its endpoints see it: what is kept, the settings in force, the time, randomness. */
export interface World {
  readonly kept: Kept;
  readonly random: RandomSource;
  settings(): Settings;
  nowMs(): number;
  account(name: string): Account | undefined;
}

/** Opens the simulated TikTok; both clients are made up at first use and kept. */
export function openWorld({ clock, random, memory, redirectUri }: SimulatorSurroundings): World {
  const kept = memory.keep(keptSchema, () => createKept(random));
  const settings = (): Settings => {
    const changed = Object.entries(kept.settings).filter(([, value]) => value !== undefined);
    return { ...defaultSettings(redirectUri), ...Object.fromEntries(changed) };
  };
  return {
    kept,
    random,
    settings,
    nowMs: () => clock.now().getTime(),
    account: (name) => settings().accounts.find((account) => account.name === name),
  };
}

const keyAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

function createKept(random: RandomSource): Kept {
  return {
    sandbox: { clientKey: `sbaw${randomText(random, 14, keyAlphabet)}`, clientSecret: createClientSecret(random) },
    production: { clientKey: `aw${randomText(random, 14, keyAlphabet)}`, clientSecret: createClientSecret(random) },
    settings: {},
    codes: {},
    refreshTokens: {},
    accessTokens: {},
    uploads: {},
    posts: [],
    calls: {},
  };
}

/** A client secret as the portal shows it. */
export function createClientSecret(random: RandomSource): string {
  return randomText(random, 32, `${keyAlphabet}ABCDEFGHIJKLMNOPQRSTUVWXYZ`);
}

/** The client with this key, and which of the two it is. */
export function findClient(world: World, clientKey: string): (Client & { readonly stage: Stage }) | undefined {
  return stages
    .map((stage) => ({ ...world.kept[stage], stage }))
    .find((candidate) => candidate.clientKey === clientKey);
}
