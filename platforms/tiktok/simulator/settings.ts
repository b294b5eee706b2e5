import { z } from 'zod';

const account = z.strictObject({
  name: z.string().regex(/^[a-z0-9._-]+$/i, 'a name without spaces'),
  displayName: z.string().min(1),
  username: z.string().min(1),
  isPrivate: z.boolean().default(false),
  isBannedFromPosting: z.boolean().default(false),
  /** Whether user/info carries a union_id for it. */
  hasUnionId: z.boolean().default(true),
});
export type Account = z.infer<typeof account>;

/** How long tokens live: pages of November 2026 and all older ones. */
export const tokenProfiles = {
  '2h_180d': { accessSeconds: 7_200, refreshSeconds: 15_552_000 },
  '24h_365d': { accessSeconds: 86_400, refreshSeconds: 31_536_000 },
} as const;

/** What the simulated app, its sandbox and the accounts that may agree are like. */
export const settingsSchema = z.strictObject({
  tokenProfile: z.enum(['2h_180d', '24h_365d']),
  /** Whether a rotation starts the life of the refresh token anew. */
  refreshLifetime: z.enum(['restarts', 'inherited']),
  /** The status of errors of the OAuth endpoints, which TikTok does not document. */
  oauthErrorStatus: z.union([z.literal(200), z.literal(400)]),
  /** The status with which creator_info tells bans and caps. */
  capErrorStatus: z.union([z.literal(200), z.literal(403)]),
  clientPlatform: z.enum(['desktop', 'web']),
  redirectUris: z.array(z.string()).max(10),
  review: z.enum(['none', 'submitted', 'approved', 'rejected']),
  reviewReason: z.string().nullable(),
  /** The audit of direct posting is passed. */
  audited: z.boolean(),
  /** Accounts, by name, that may agree in the sandbox. */
  targetUsers: z.array(z.string()).max(10),
  accounts: z.array(account).min(1),
  /** Scopes that nobody grants whatever is ticked. */
  declinedScopes: z.array(z.string()),
  postsPerDay: z.int().min(0),
  verifiedUrlPrefixes: z.array(z.string()),
});
export type Settings = z.infer<typeof settingsSchema>;

/** What differs from the defaults; only this is kept, so that a changed callback reaches an older state. */
export const changedSettingsSchema = settingsSchema.partial();

/** What `POST /_simulator/accounts/tiktok` takes: settings to change, and acts. */
export const changesSchema = changedSettingsSchema.extend({
  /** The person removes the app in TikTok's settings; names of accounts. */
  removeAccessOf: z.array(z.string()).optional(),
  /** The operator makes a new client secret; the old one stops working. */
  newClientSecret: z.enum(['sandbox', 'production']).optional(),
  /** Names of accounts whose owner posts or discards all drafts. */
  clearDraftsOf: z.array(z.string()).optional(),
});

/**
 * The defaults: a desktop app in its sandbox, no review asked for, one public account `creator`.
 * https://developers.tiktok.com/doc/oauth-user-access-token-management (2026-11-23; profile [O], statuses [C/U])
 */
export function defaultSettings(redirectUri: string): Settings {
  return {
    tokenProfile: '2h_180d',
    refreshLifetime: 'restarts',
    oauthErrorStatus: 200,
    capErrorStatus: 200,
    clientPlatform: 'desktop',
    redirectUris: [redirectUri],
    review: 'none',
    reviewReason: null,
    audited: false,
    targetUsers: ['creator'],
    accounts: [account.parse({ name: 'creator', displayName: 'Creator', username: 'creator.on.tiktok' })],
    declinedScopes: [],
    postsPerDay: 15,
    verifiedUrlPrefixes: [],
  };
}
