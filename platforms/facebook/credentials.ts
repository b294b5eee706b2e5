import { z } from 'zod';
import type { Credentials } from '../../model/credentials.ts';
import { parseCredentials } from '../define-platform.ts';

const text = z.string().min(1);

/** `unpublished`: only people with a role on the app see what it posts · `published`: everybody does. */
export const appModes = ['unpublished', 'published'] as const;

/** How the user token comes: by Facebook's consent page, or minted by hand in the Graph API Explorer. */
export const methods = ['login', 'explorer_token'] as const;

const appFields = {
  app_id: text,
  app_secret: text,
  /** What the person said about the app; an imported connection lacks it. */
  app_mode: z.enum(appModes).optional().catch(undefined),
};

/** The registration of our app at Meta. */
export const appCredentials = z.object(appFields);
export type AppCredentials = z.infer<typeof appCredentials>;

const userFields = {
  ...appFields,
  method: z.enum(methods).optional().catch(undefined),
  /** Long-lived: Page tokens come from no other. */
  user_access_token: text,
};

const userCredentials = z.object(userFields);
type UserCredentials = z.infer<typeof userCredentials>;

const pageCredentials = z.object({ ...userFields, page_id: text });
type PageCredentials = z.infer<typeof pageCredentials>;

/**
 * A connection. Instants are ISO 8601 in UTC. Without a linked Instagram account `ig_user_id` is absent or empty; an imported
 * connection has only the fields of the specification.
 */
export const facebookCredentials = z.object({
  ...appFields,
  page_id: text,
  page_access_token: text,
  ig_user_id: z.string().optional(),
  ig_username: z.string().optional(),
  method: userFields.method,
  user_access_token: text.optional(),
  user_id: text.optional(),
  user_token_expiry: text.optional(),
  page_name: text.optional(),
  /** What the person may do on the Page, joined by commas. */
  page_tasks: z.string().optional(),
  data_access_expires_at: z.string().optional(),
  /** Optional scopes that were declined once and asked for again, joined by commas. */
  asked_again: z.string().optional(),
});
export type FacebookCredentials = z.infer<typeof facebookCredentials>;

/** The app's part, exactly typed. Throws CredentialsError. */
export function readApp(credentials: Credentials): AppCredentials {
  return parseCredentials('facebook', appCredentials, credentials);
}

/** What there is once a person has agreed. Throws CredentialsError. */
export function readUser(credentials: Credentials): UserCredentials {
  return parseCredentials('facebook', userCredentials, credentials);
}

/** What there is once a Page has been chosen. Throws CredentialsError. */
export function readPage(credentials: Credentials): PageCredentials {
  return parseCredentials('facebook', pageCredentials, credentials);
}

/** A whole connection. Throws CredentialsError. */
export function readConnection(credentials: Credentials): FacebookCredentials {
  return parseCredentials('facebook', facebookCredentials, credentials);
}

/** The step at which this person gets a new user token. */
export function consentStepOf(credentials: Credentials): 'consent' | 'user-token' {
  return credentials['method'] === 'explorer_token' ? 'user-token' : 'consent';
}
