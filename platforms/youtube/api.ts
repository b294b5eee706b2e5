import { CodeChallengeMethod, OAuth2Client } from 'google-auth-library';
import { z } from 'zod';
import { PlatformFailure } from '../../model/failure.ts';
import { challengeBase64url, splitScopes } from '../oauth.ts';
import type { PlatformContext } from '../platform.ts';
import type { AppCredentials } from './credentials.ts';
import { diagnose, judge, type GoogleAnswer } from './diagnosis.ts';

// Shorter than any lease of a refresh, so that a hanging call ends while the lease is still ours.
const callTimeoutMs = 15_000;

// Durations in seconds; tokeninfo writes its numbers as texts (2026-11-23) [U].
const seconds = z.coerce.number().int().nonnegative();

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: seconds,
  refresh_token: z.string().min(1).optional(),
  /** Only for a grant that Google ends at a fixed time (2026-11-23) [U for Testing]. */
  refresh_token_expires_in: seconds.optional(),
  scope: z.string().optional(),
});

/** What Google's token endpoint answered, as it stood in the body. */
export type TokenAnswer = z.infer<typeof tokenAnswer>;

const tokenInfoAnswer = z.object({ expires_in: seconds, scope: z.string() });

const channelsAnswer = z.object({
  kind: z.literal('youtube#channelListResponse'),
  // Without a channel the list is missing, not empty (2026-11-23) [U].
  items: z.array(z.object({ id: z.string().min(1), snippet: z.object({ title: z.string() }) })).default([]),
});

function createClient(context: PlatformContext, app?: AppCredentials): OAuth2Client {
  return new OAuth2Client({
    ...(app === undefined ? {} : { clientId: app.client_id, clientSecret: app.client_secret }),
    redirectUri: context.redirectUri,
    // The library would retry token calls by itself, outside the lease; the keeper decides about that.
    transporterOptions: { agent: context.network.agent, timeout: callTimeoutMs, retryConfig: { retry: 0 } },
    // With them the library logs every token answer in full when GOOGLE_SDK_NODE_LOGGING is set.
    useAuthRequestParameters: false,
  });
}

function readAnswer<Answer>(schema: z.ZodType<Answer>, answer: GoogleAnswer, now: Date): Answer {
  const parsed = schema.safeParse(answer.data);
  if (parsed.success) return parsed.data;
  throw new PlatformFailure(judge(answer, now));
}

/**
 * Runs one call of the library and returns the body of its answer. The library's own result will not do: it replaces
 * `expires_in` by an instant of this machine's clock, overwrites a new refresh token with the old one, and trips over
 * a body that is no JSON.
 */
async function answerTo<Answer>(
  schema: z.ZodType<Answer>,
  client: OAuth2Client,
  context: PlatformContext,
  call: () => Promise<unknown>,
): Promise<Answer> {
  const answers: Answer[] = [];
  client.transporter.interceptors.response.add({
    resolved: (response) => {
      answers.push(readAnswer(schema, response, context.clock.now()));
      return Promise.resolve(response);
    },
  });
  await call();
  const answer = answers.at(-1);
  if (answer === undefined) throw new Error('google-auth-library returned without having called Google.');
  return answer;
}

/** Google's consent page, for the scopes given; with `already` the grant keeps what was granted before. */
export function consentPage(
  app: AppCredentials,
  request: { state: string; verifier: string; scopes: readonly string[]; already: boolean },
  context: PlatformContext,
): URL {
  const page = createClient(context, app).generateAuthUrl({
    // Both are needed for a refresh token: a repeated login without prompt=consent brings none (2026-11-23).
    access_type: 'offline',
    prompt: 'consent',
    scope: [...request.scopes],
    state: request.state,
    code_challenge: challengeBase64url(request.verifier),
    code_challenge_method: CodeChallengeMethod.S256,
    ...(request.already ? { include_granted_scopes: true } : {}),
  });
  return new URL(page);
}

/** Trades a code for tokens. Throws what `diagnose` understands. */
export async function exchangeCode(
  app: AppCredentials,
  answer: { code: string; verifier: string },
  context: PlatformContext,
): Promise<TokenAnswer> {
  const client = createClient(context, app);
  return answerTo(tokenAnswer, client, context, () =>
    client.getToken({ code: answer.code, codeVerifier: answer.verifier, redirect_uri: context.redirectUri }),
  );
}

/** A new access token. Throws what `diagnose` understands. */
export async function refreshTokens(
  app: AppCredentials,
  refreshToken: string,
  context: PlatformContext,
): Promise<TokenAnswer> {
  const client = createClient(context, app);
  client.setCredentials({ refresh_token: refreshToken });
  return answerTo(tokenAnswer, client, context, () => client.refreshAccessToken());
}

/** What an access token is good for, at no quota cost. Throws what `diagnose` understands. */
export async function inspectToken(
  accessToken: string,
  context: PlatformContext,
): Promise<{ scopes: readonly string[]; expiresInSeconds: number }> {
  const client = createClient(context);
  const info = await answerTo(tokenInfoAnswer, client, context, () => client.getTokenInfo(accessToken));
  return { scopes: splitScopes(info.scope, ' '), expiresInSeconds: info.expires_in };
}

/** The channel that the grant is for, or null; one quota unit. Throws what `diagnose` understands. */
export async function findChannel(
  accessToken: string,
  context: PlatformContext,
): Promise<{ id: string; title: string } | null> {
  const client = createClient(context);
  client.setCredentials({ access_token: accessToken });
  const url = 'https://youtube.googleapis.com/youtube/v3/channels?part=id&part=snippet&mine=true';
  const { items } = await answerTo(channelsAnswer, client, context, () => client.request({ url }));
  const channel = items[0];
  return channel === undefined ? null : { id: channel.id, title: channel.snippet.title };
}

/** Ends the grant that a token belongs to; a grant that has ended already is no failure. */
export async function revokeGrant(token: string, context: PlatformContext): Promise<void> {
  const client = createClient(context);
  try {
    // Not revokeToken(): it writes the token into the URL, where proxies and error messages keep it.
    await client.transporter.request({
      method: 'POST',
      url: String(client.endpoints.oauth2RevokeUrl),
      data: new URLSearchParams({ token }),
    });
  } catch (error) {
    if (diagnose(error, context.clock.now()).code !== 'invalid_token') throw error;
  }
}
