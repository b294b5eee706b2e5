import { z } from 'zod';
import type { PlatformContext } from '../platform.ts';
import type { AppCredentials } from './credentials.ts';
import { GraphError } from './graph-error.ts';
import { appToken, openGraph } from './graph.ts';

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  /** Seconds; the long-lived exchange may leave it out (2026-11-23) [C]. */
  expires_in: z.number().int().nonnegative().optional(),
});

/** What the token endpoint answered. */
export type TokenAnswer = z.infer<typeof tokenAnswer>;

// Unix seconds; 0 and absent: no end (2026-11-23) [C].
const instant = z.number().int().nonnegative().default(0);
const numericText = z.string().regex(/^\d+$/);

const inspectedToken = z.object({
  app_id: numericText,
  type: z.string(),
  is_valid: z.literal(true),
  expires_at: instant,
  data_access_expires_at: instant,
  user_id: numericText.optional(),
  profile_id: numericText.optional(),
  scopes: z.array(z.string()),
  granular_scopes: z.array(z.object({ scope: z.string(), target_ids: z.array(z.string()).optional() })).default([]),
});

/** A living token as `debug_token` describes it; instants in unix seconds, 0 for none. */
export type InspectedToken = z.infer<typeof inspectedToken>;

const inspection = z.object({ data: inspectedToken });

/**
 * The endpoint takes GET and POST; a form keeps secret, code and token out of URLs, and so out of the logs on the way.
 * https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow (2026-11-23) [O/C; the form I]
 */
function requestToken(
  app: AppCredentials,
  parameters: Readonly<Record<string, string>>,
  context: PlatformContext,
): Promise<TokenAnswer> {
  const form = { client_id: app.app_id, client_secret: app.app_secret, ...parameters };
  return openGraph(app, context).call({ method: 'POST', path: 'oauth/access_token', form }, tokenAnswer);
}

/** Trades a code for a short-lived user token. Throws what `diagnose` understands. */
export function exchangeCode(app: AppCredentials, code: string, context: PlatformContext): Promise<TokenAnswer> {
  return requestToken(app, { redirect_uri: context.redirectUri, code }, context);
}

/** Trades a living user token for a long-lived one, about 60 days. Throws what `diagnose` understands. */
export function exchangeForLongLived(
  app: AppCredentials,
  userToken: string,
  context: PlatformContext,
): Promise<TokenAnswer> {
  return requestToken(app, { grant_type: 'fb_exchange_token', fb_exchange_token: userToken }, context);
}

/** Proves an app id with its secret. Throws what `diagnose` understands. (2026-11-23) [U] */
export async function proveApp(app: AppCredentials, context: PlatformContext): Promise<void> {
  await requestToken(app, { grant_type: 'client_credentials' }, context);
}

/**
 * What a token is and may do. A dead one is answered with 200 and an error inside `data`: it throws like every other
 * refusal. The endpoint takes the token in the query and by GET only [C]: the one token of ours in a URL.
 * https://developers.facebook.com/docs/graph-api/reference/debug_token (2026-11-23) [C; keys of the error U]
 */
export async function inspectToken(
  app: AppCredentials,
  token: string,
  context: PlatformContext,
): Promise<InspectedToken> {
  const call = { path: 'debug_token', query: { input_token: token }, token: appToken(app) };
  const { data } = await openGraph(app, context).call(call, inspection);
  // A token of another app says nothing about ours; only Meta's own support could make it so.
  if (data.app_id !== app.app_id) throw new GraphError(200, new Headers(), { data: { error: otherApp } });
  return data;
}

const otherApp = { code: 190, message: 'The token belongs to another app.' };

/** ISO 8601 of an instant that Meta states; null for 0, which means never. */
export function instantOf(unixSeconds: number): string | null {
  return unixSeconds === 0 ? null : new Date(unixSeconds * 1000).toISOString();
}
