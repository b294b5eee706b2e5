import { z } from 'zod';
import type { Credentials } from '../../model/credentials.ts';
import { parseCredentials } from '../define-platform.ts';

/** `oauth1`: keys and tokens copied from the console, which never expire · `oauth2`: consent, two hours, rotation. */
export const methods = ['oauth1', 'oauth2'] as const;
export type Method = (typeof methods)[number];

/** How the developer account pays; only `pay_per_use` is open to newcomers since 2026-02-06 (2026-11-23) [O]. */
export const tiers = ['pay_per_use', 'free_legacy', 'basic', 'pro'] as const;
export type Tier = (typeof tiers)[number];

const text = z.string().min(1);
// A form sends a field that was left open as an empty text.
const optionalText = z
  .string()
  .optional()
  .transform((value) => (value === '' ? undefined : value));

const fields = {
  /** An imported connection lacks these two, and nothing fails over them. */
  method: z.enum(methods).optional().catch(undefined),
  tier: z.enum(tiers).optional().catch(undefined),
  billing_day: optionalText,
  monthly_posts: optionalText,
  spending_limit_usd: optionalText,
  api_key: optionalText,
  api_secret: optionalText,
  bearer_token: optionalText,
  access_token: optionalText,
  access_token_secret: optionalText,
  client_id: optionalText,
  client_secret: optionalText,
  refresh_token: optionalText,
  /** ISO 8601 in UTC; only with `oauth2`. */
  token_expiry: optionalText,
  user_id: optionalText,
  username: optionalText,
};

/** All fields that a connection may have; which of them it must have depends on its method. */
export const twitterCredentials = z.object(fields);
export type TwitterCredentials = z.infer<typeof twitterCredentials>;

const appKeys = z.object({ api_key: text, api_secret: text });
/** The consumer key pair of the app, which the console calls API key and secret. */
export type AppKeys = z.infer<typeof appKeys>;

const userKeys = appKeys.extend({ access_token: text, access_token_secret: text });
/** All that signs a call in the name of an account. */
export type UserKeys = z.infer<typeof userKeys>;

const oauth2Client = z.object({ client_id: text, client_secret: optionalText });
/** The OAuth 2.0 client of the app; without a secret it is public. */
export type OAuth2Client = z.infer<typeof oauth2Client>;

const bearer = z.object({ access_token: text });
const refreshable = oauth2Client.extend({ refresh_token: text });

/** Reads one field; undefined while the connection lacks it. */
export type Reader = (name: keyof TwitterCredentials) => string | undefined;

/**
 * How this connection proves itself. Without a stored method (an import, or the shape that programs see) the token tells: a
 * signed one begins with the account's id and a dash, and has a secret (2026-11-23) [O].
 */
export function methodOf(field: Reader): Method {
  const stored = methods.find((method) => method === field('method'));
  if (stored !== undefined) return stored;
  if (field('access_token_secret') !== undefined && /^\d+-/.test(field('access_token') ?? '')) return 'oauth1';
  return field('refresh_token') !== undefined || field('client_id') !== undefined ? 'oauth2' : 'oauth1';
}

/** The reader of a plain record; a field that was left open counts as absent. */
export function readerOf(credentials: Credentials): Reader {
  return (name) => (credentials[name] === '' ? undefined : credentials[name]);
}

/** The app's key pair. Throws CredentialsError. */
export function readAppKeys(credentials: Credentials): AppKeys {
  return parseCredentials('twitter', appKeys, credentials);
}

/** The keys of a signed call. Throws CredentialsError. */
export function readUserKeys(credentials: Credentials): UserKeys {
  return parseCredentials('twitter', userKeys, credentials);
}

/** The OAuth 2.0 client. Throws CredentialsError. */
export function readClient(credentials: Credentials): OAuth2Client {
  return parseCredentials('twitter', oauth2Client, credentials);
}

/** The OAuth 2.0 client with the refresh token that it may spend. Throws CredentialsError. */
export function readRefreshable(credentials: Credentials): z.infer<typeof refreshable> {
  return parseCredentials('twitter', refreshable, credentials);
}

/** What calls are made with in the name of an account: keys that sign, or a bearer token. */
export type UserTokens =
  ({ readonly method: 'oauth1' } & UserKeys) | { readonly method: 'oauth2'; readonly access_token: string };

/** The tokens of the method that the connection uses. Throws CredentialsError. */
export function readUserTokens(credentials: Credentials): UserTokens {
  return methodOf(readerOf(credentials)) === 'oauth1'
    ? { method: 'oauth1', ...readUserKeys(credentials) }
    : { method: 'oauth2', ...parseCredentials('twitter', bearer, credentials) };
}

/** Exactly typed credentials as the plain record that they are stored as. */
export function toRecord(credentials: TwitterCredentials): Credentials {
  const entries = Object.entries(credentials).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}
