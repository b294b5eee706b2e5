import { z } from 'zod';
import { accessLevels } from '../capabilities.ts';
import { methods, tiers } from '../credentials.ts';

/** What X counts calls by. */
export const endpointNames = ['post', 'delete', 'me', 'usage', 'media'] as const;
export type EndpointName = (typeof endpointNames)[number];

const account = z.strictObject({
  name: z.string().regex(/^\w{1,15}$/, 'a user name as X has them: letters, digits, underscores'),
  id: z.string().regex(/^\d+$/),
  suspended: z.boolean().default(false),
});

/** What the simulated developer account, its one app and the accounts that may agree are like. */
export const settingsSchema = z.strictObject({
  /** The app's permission; a token keeps the one that it was made under. */
  permission: z.enum(accessLevels),
  callbackUrls: z.array(z.string()),
  clientType: z.enum(['confidential', 'public']),
  /** False: the developer account has no plan. */
  enrolled: z.boolean(),
  tier: z.enum(tiers),
  /** The day on which monthly caps start anew. */
  billingDay: z.int().min(1).max(31),
  /** Posts a month before `usage-capped`; null: no cap. */
  monthlyPosts: z.int().min(0).nullable(),
  projectCap: z.int().min(0),
  accounts: z.array(account).min(1),
  tokenLifetimeSeconds: z.int().min(1),
  /** How far off the timestamp of a signature may be. */
  clockToleranceSeconds: z.int().min(1),
  /** Instead of the documented limits, per window. */
  limits: z.partialRecord(z.enum(endpointNames), z.int().min(0)),
  /** Which method the person chooses in the portal. */
  method: z.enum(methods),
});
export type Settings = z.infer<typeof settingsSchema>;
export type Account = z.infer<typeof account>;

/** What differs from the defaults; only this is kept, so that a changed callback reaches an older state. */
export const changedSettingsSchema = settingsSchema.partial();

/** What `POST /_simulator/accounts/twitter` takes: settings to change, and acts. */
export const changesSchema = changedSettingsSchema.extend({
  /** The prepaid balance. */
  creditsUsd: z.number().optional(),
  postsThisMonth: z.int().min(0).optional(),
  readsThisMonth: z.int().min(0).optional(),
  /** The person removes the app at x.com/settings/connected_apps; names of accounts. */
  removeAccessOf: z.array(z.string()).optional(),
  /** The operator regenerates in the console; the old ones stop working. */
  newApiKeys: z.literal(true).optional(),
  newAccessToken: z.literal(true).optional(),
  newBearerToken: z.literal(true).optional(),
  newClientSecret: z.literal(true).optional(),
});

/**
 * The defaults: a pay-per-use account with $25 of credits, an app that reads and writes, a confidential client. An OAuth
 * 2.0 access token lives 7200 s. https://docs.x.com (2026-11-23) [O; tolerance of the timestamp U]
 */
export function defaultSettings(redirectUri: string, accountId: string): Settings {
  return {
    permission: 'read-write',
    callbackUrls: spellings(redirectUri),
    clientType: 'confidential',
    enrolled: true,
    tier: 'pay_per_use',
    billingDay: 14,
    monthlyPosts: null,
    projectCap: 3_000_000,
    accounts: [{ name: 'creator', id: accountId, suspended: false }],
    tokenLifetimeSeconds: 7_200,
    clockToleranceSeconds: 300,
    limits: {},
    method: 'oauth1',
  };
}

/** The portal step asks for both spellings of the loopback. */
function spellings(redirectUri: string): string[] {
  const both = ['localhost', '127.0.0.1'].map((host) =>
    redirectUri.replace(/\/\/(localhost|127\.0\.0\.1)/, `//${host}`),
  );
  return [...new Set([redirectUri, ...both])];
}
