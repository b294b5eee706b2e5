import { z } from 'zod';
import type { Credentials } from '../../model/credentials.ts';
import { parseCredentials } from '../define-platform.ts';

const text = z.string().min(1);

/** `sandbox`: tokens of the sandbox's own client, nothing can be posted for others · `production`: of the reviewed app. */
export const stages = ['sandbox', 'production'] as const;
export type Stage = (typeof stages)[number];

/** What the app registered as: TikTok wants another PKCE and other redirect URIs from each. */
export const clientPlatforms = ['desktop', 'web'] as const;
export type ClientPlatform = (typeof clientPlatforms)[number];

// An imported connection lacks what only our own steps write, and no refresh fails over it.
const clientPlatform = z.enum(clientPlatforms).catch('desktop').default('desktop');

/** One client of the app: that of its sandbox or that of production. */
export const clientCredentials = z.object({ client_key: text, client_secret: text, client_platform: clientPlatform });
export type ClientCredentials = z.infer<typeof clientCredentials>;

const productionCredentials = z.object({
  production_client_key: text,
  production_client_secret: text,
  client_platform: clientPlatform,
});

/** A connection; instants are ISO 8601 in UTC. `client_key` and `client_secret` are those that the tokens belong to. */
export const tiktokCredentials = z.object({
  client_key: text,
  client_secret: text,
  access_token: text.optional(),
  refresh_token: text,
  token_expiry: text.optional(),
  refresh_token_expiry: text.optional(),
  open_id: text.optional(),
  union_id: text.optional(),
  display_name: text.optional(),
  stage: z.enum(stages).optional().catch(undefined),
  client_platform: clientPlatform.optional(),
  /** `yes` once TikTok has audited the app for public posts. */
  audited: z.literal('yes').optional().catch(undefined),
  /** Kept apart until the production consent: the sandbox's tokens are refreshed with the sandbox's client until then. */
  production_client_key: text.optional(),
  production_client_secret: text.optional(),
});
export type TiktokCredentials = z.infer<typeof tiktokCredentials>;

/** The client that the stored tokens belong to. Throws CredentialsError. */
export function readClient(credentials: Credentials): ClientCredentials {
  return parseCredentials('tiktok', clientCredentials, credentials);
}

/**
 * The client of production: what the step "production-client" was given, or, with an imported connection, the only
 * client there is. Throws CredentialsError.
 */
export function readProductionClient(credentials: Credentials): ClientCredentials {
  if (credentials['production_client_key'] === undefined && credentials['stage'] !== 'sandbox') {
    return readClient(credentials);
  }
  const { production_client_key, production_client_secret, client_platform } = parseCredentials(
    'tiktok',
    productionCredentials,
    credentials,
  );
  return { client_key: production_client_key, client_secret: production_client_secret, client_platform };
}

/** The access token of a step that comes after a consent. Throws CredentialsError. */
export function readAccessToken(credentials: Credentials): string {
  return parseCredentials('tiktok', z.object({ access_token: text }), credentials).access_token;
}

/** How far the connection is; one that was imported without a word about it is in production. */
export function stageOf(credentials: Credentials): Stage {
  return credentials['stage'] === 'sandbox' ? 'sandbox' : 'production';
}
