import { z } from 'zod';
import type { PlatformContext } from '../platform.ts';
import type { ClientCredentials } from './credentials.ts';
import { hasOauthError, type TiktokAnswer } from './diagnosis.ts';
import { failureOf, postForm } from './tiktok-call.ts';

const text = z.string().min(1);
const seconds = z.coerce.number().int().nonnegative();

/** The same flat body for both grants. https://developers.tiktok.com/doc/oauth-user-access-token-management (2026-11-23) [O] */
const tokenAnswer = z.object({
  access_token: text,
  expires_in: seconds,
  // Sent by every page that was seen; optional, so that an answer without one costs nothing but itself.
  refresh_token: text.optional(),
  refresh_expires_in: seconds.optional(),
  open_id: text.optional(),
  scope: z.string().optional(),
});

/** What TikTok's token endpoint answered, as it stood in the body. */
export type TokenAnswer = z.infer<typeof tokenAnswer>;

/**
 * Trades a code for tokens; the code as the callback gave it, decoded once. Throws PlatformFailure with TikTok's verdict,
 * or what the network threw.
 */
export async function exchangeCode(
  client: ClientCredentials,
  given: { readonly code: string; readonly verifier: string },
  context: PlatformContext,
): Promise<TokenAnswer> {
  const { client_key, client_secret, client_platform } = client;
  const fields = {
    client_key,
    client_secret,
    grant_type: 'authorization_code',
    code: given.code,
    redirect_uri: context.redirectUri,
    // "For mobile and desktop app only": a web client sent none to the authorize page either. (2026-11-23) [O]
    ...(client_platform === 'desktop' ? { code_verifier: given.verifier } : {}),
  };
  return readTokens(await postForm('/v2/oauth/token/', fields, context), context);
}

/** New tokens; the refresh token that was sent is dead once TikTok has answered. Throws like `exchangeCode`. */
export async function refreshTokens(
  client: { readonly client_key: string; readonly client_secret: string },
  refreshToken: string,
  context: PlatformContext,
): Promise<TokenAnswer> {
  const { client_key, client_secret } = client;
  const fields = { client_key, client_secret, grant_type: 'refresh_token', refresh_token: refreshToken };
  return readTokens(await postForm('/v2/oauth/token/', fields, context), context);
}

// By the body, not by the status: errors arrive with 200 too [C], and tokens are kept whatever the status says, because
// the ones before them are dead.
function readTokens(answer: TiktokAnswer, context: PlatformContext): TokenAnswer {
  const parsed = tokenAnswer.safeParse(answer.body);
  if (!parsed.success || hasOauthError(answer.body)) throw failureOf(answer, context);
  return parsed.data;
}

/** How TikTok may say that there is nothing left to revoke (2026-11-23) [U]. */
const deadGrantCodes: readonly string[] = ['invalid_grant', 'invalid_request', 'access_token_invalid'];

/**
 * Ends the grant that a token belongs to, refresh token included, and takes the app off the person's list; false: the
 * token was dead already. https://developers.tiktok.com/doc/oauth-user-access-token-management (2026-11-23) [O]
 */
export async function revokeGrant(
  client: { readonly client_key: string; readonly client_secret: string },
  token: string,
  context: PlatformContext,
): Promise<boolean> {
  const { client_key, client_secret } = client;
  const answer = await postForm('/v2/oauth/revoke/', { client_key, client_secret, token }, context);
  // Success is an empty body or {} (2026-11-23) [O].
  if (answer.status < 400 && answer.contentType?.startsWith('text/html') !== true && !hasOauthError(answer.body))
    return true;
  const failure = failureOf(answer, context);
  if (!deadGrantCodes.includes(failure.failure.code)) throw failure;
  return false;
}
