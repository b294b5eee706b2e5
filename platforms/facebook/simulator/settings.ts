import { z } from 'zod';

const digits = z.string().regex(/^\d+$/, 'digits only');

const pageSchema = z.strictObject({
  id: digits,
  name: z.string().min(1),
  category: z.string().default('Community'),
  tasks: z.array(z.string()).default(['ADVERTISE', 'ANALYZE', 'CREATE_CONTENT', 'MESSAGING', 'MODERATE', 'MANAGE']),
  /** The professional account linked to the Page; null: none. */
  instagram: z
    .strictObject({ id: digits, username: z.string().min(1) })
    .nullable()
    .default(null),
});
export type Page = z.infer<typeof pageSchema>;

const businessSchema = z.strictObject({
  id: digits,
  ownedPages: z.array(pageSchema).default([]),
  clientPages: z.array(pageSchema).default([]),
});

const accountSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9._-]+$/i, 'a name without spaces'),
  userId: digits,
  pages: z.array(pageSchema),
  businesses: z.array(businessSchema).default([]),
  /** A role on the app; without one, an unpublished app is not there for this person. */
  hasRole: z.boolean().default(true),
  /** Facebook wants the person to log in and pass a check. */
  checkpointed: z.boolean().default(false),
  confirmed: z.boolean().default(true),
});
export type Account = z.infer<typeof accountSchema>;

/** What the simulated Meta app and the people who may agree are like. */
export const settingsSchema = z.strictObject({
  published: z.boolean(),
  appDeleted: z.boolean(),
  /** "Require App Secret": calls without appsecret_proof are refused. */
  requireAppSecret: z.boolean(),
  /** Valid OAuth Redirect URIs. */
  redirectUris: z.array(z.string()),
  accounts: z.array(accountSchema).min(1),
  /** Scopes that nobody grants whatever is ticked. */
  declinedScopes: z.array(z.string()),
  /** Pages, by id, whose role the person lost. */
  lostPageRoles: z.array(digits),
  shortTokenSeconds: z.int().min(1),
  longTokenSeconds: z.int().min(1),
  /** The long-lived exchange says nothing of an end. */
  omitExpiresIn: z.boolean(),
  dataAccessDays: z.int().min(1),
  appCallsPerHour: z.int().min(1),
  pageCallsPerHour: z.int().min(1),
  /** How long Instagram works on a container. */
  containerSeconds: z.number().min(0),
  containerOutcome: z.enum(['FINISHED', 'ERROR']),
  instagramPostsPerDay: z.int().min(0),
  /** How the person of the answers gives the permission. */
  method: z.enum(['login', 'explorer_token']),
});
export type Settings = z.infer<typeof settingsSchema>;

/** What differs from the defaults; only this is kept, so that a changed callback reaches an older state. */
export const changedSettingsSchema = settingsSchema.partial();

const names = z.array(z.string()).optional();

/** What `POST /_simulator/accounts/facebook` takes: settings to change, and acts. */
export const changesSchema = changedSettingsSchema.extend({
  /** The Instagram account of the first Page of the first account. */
  instagram: pageSchema.shape.instagram.unwrap().optional(),
  /** So many Pages for the first account, made up. */
  pageCount: z.int().min(0).max(2_000).optional(),
  /** The person removes the app under Business integrations; names of accounts. */
  removeAccessOf: names,
  changePasswordOf: names,
  logOut: names,
  /** The operator makes a new app secret; the old one stops working. */
  newAppSecret: z.literal(true).optional(),
  /** Calls of the running hour. */
  appCallsUsed: z.int().min(0).optional(),
  pageCallsUsed: z.int().min(0).optional(),
  /** Posts that every Instagram account published just now. */
  instagramPostsUsed: z.int().min(0).max(1_000).optional(),
});

/** Ids that are made up once and kept. */
export interface DefaultIds {
  readonly userId: string;
  readonly pageId: string;
  readonly instagramId: string;
}

/**
 * The defaults: an unpublished app, and one account `creator` with one Page and its Instagram account. A short-lived token
 * lives 90 minutes ("hours" [O], 1–2 h [U]), a long-lived one 5183944 s [O], data access 90 days [C/O]. (2026-11-23)
 */
export function defaultSettings(ids: DefaultIds): Settings {
  const page = pageSchema.parse({
    id: ids.pageId,
    name: 'Creator Page',
    instagram: { id: ids.instagramId, username: 'creator.page' },
  });
  return {
    published: false,
    appDeleted: false,
    requireAppSecret: false,
    redirectUris: [],
    accounts: [accountSchema.parse({ name: 'creator', userId: ids.userId, pages: [page] })],
    declinedScopes: [],
    lostPageRoles: [],
    shortTokenSeconds: 5_400,
    longTokenSeconds: 5_183_944,
    omitExpiresIn: false,
    dataAccessDays: 90,
    appCallsPerHour: 20_000,
    pageCallsPerHour: 4_800,
    containerSeconds: 1,
    containerOutcome: 'FINISHED',
    instagramPostsPerDay: 50,
    method: 'login',
  };
}

/** So many Pages, made up; the same ones each time. */
export function madeUpPages(count: number): Page[] {
  return Array.from({ length: count }, (_, index) =>
    pageSchema.parse({ id: String(700_000_000_000_001 + index), name: `Page ${index + 1}` }),
  );
}
