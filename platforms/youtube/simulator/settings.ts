import { z } from 'zod';

const channel = z.strictObject({ id: z.string().min(1), title: z.string().min(1) });

const account = z.strictObject({
  name: z.string().regex(/^[a-z0-9._-]+$/i, 'a name without spaces'),
  channel: channel.nullable(),
  /** Belongs to the organization of the app; only such accounts may use an internal app. */
  inOrganization: z.boolean().default(false),
});

/** What the simulated Google project, its one client and the accounts that may agree are like. */
export const settingsSchema = z.strictObject({
  publishingStatus: z.enum(['testing', 'production']),
  userType: z.enum(['external', 'internal']),
  /** Google has verified the app: no warning on the consent page. */
  verified: z.boolean(),
  /** Accounts, by name, that may agree while the app is in Testing. */
  testUsers: z.array(z.string()),
  clientType: z.enum(['web', 'desktop']),
  clientDeleted: z.boolean(),
  redirectUris: z.array(z.string()),
  apiEnabled: z.boolean(),
  accounts: z.array(account).min(1),
  /** Scopes, whole or by their last segment, that nobody grants whatever is ticked. */
  declinedScopes: z.array(z.string()),
  tokenLifetimeSeconds: z.int().min(1),
  /** Null: 604799 s in Testing, no end in production. */
  refreshTokenLifetimeSeconds: z.int().min(1).nullable(),
  /** The channel may upload no more videos today, whatever the project's quota. */
  uploadLimitReached: z.boolean(),
});
export type Settings = z.infer<typeof settingsSchema>;
export type Account = z.infer<typeof account>;

/** What differs from the defaults; only this is kept, so that a changed callback reaches an older state. */
export const changedSettingsSchema = settingsSchema.partial();

/** What `POST /_simulator/accounts/youtube` takes: settings to change, and acts. */
export const changesSchema = changedSettingsSchema.extend({
  /** The channel of the first account. */
  channel: channel.nullable().optional(),
  uploadsUsedToday: z.int().min(0).optional(),
  unitsUsedToday: z.int().min(0).optional(),
  /** The person removes the app's access at myaccount.google.com; names of accounts. */
  removeAccessOf: z.array(z.string()).optional(),
  /** The operator makes a new client secret; the old one stops working. */
  newClientSecret: z.literal(true).optional(),
});
export type Changes = z.infer<typeof changesSchema>;

/**
 * The defaults: an app in production that Google has not verified, and one account `creator` with a channel. An access
 * token lives 3599 s and a refresh token from an app in Testing 7 days.
 * https://developers.google.com/identity/protocols/oauth2#expiration (checked 2026-11-23; 7 days [O], 3599 s [U])
 */
export function defaultSettings(redirectUri: string, channelId: string): Settings {
  return {
    publishingStatus: 'production',
    userType: 'external',
    verified: false,
    testUsers: [],
    clientType: 'web',
    clientDeleted: false,
    redirectUris: [redirectUri],
    apiEnabled: true,
    accounts: [{ name: 'creator', channel: { id: channelId, title: 'Creator Channel' }, inOrganization: false }],
    declinedScopes: [],
    tokenLifetimeSeconds: 3599,
    refreshTokenLifetimeSeconds: null,
    uploadLimitReached: false,
  };
}

/** Whether a scope is in a list that names scopes whole or by their last segment. */
export function namesScope(list: readonly string[], scope: string): boolean {
  return list.includes(scope) || list.includes(scope.split('/').at(-1) ?? scope);
}
