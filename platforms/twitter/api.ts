import { TwitterApi, type ITwitterApiClientPlugin } from 'twitter-api-v2';
import { z } from 'zod';
import { PlatformFailure } from '../../model/failure.ts';
import { longestCallMs } from '../network.ts';
import type { PlatformContext } from '../platform.ts';
import { readAccessLevel, type AccessLevel } from './capabilities.ts';
import type { AppKeys, OAuth2Client, UserKeys, UserTokens } from './credentials.ts';
import { judge } from './diagnosis.ts';
import { datedSignatures } from './signing.ts';

const callTimeoutMs = 15_000;
const host = 'https://api.x.com';

const text = z.string().min(1);
const seconds = z.coerce.number().int().nonnegative();

const tokenAnswer = z.object({
  access_token: text,
  expires_in: seconds,
  scope: z.string(),
  /** Only with `offline.access`, and then a new one each time (2026-11-23) [O/C]. */
  refresh_token: text.optional(),
});
/** What X's token endpoint answered. */
export type TokenAnswer = z.infer<typeof tokenAnswer>;

const meAnswer = z.object({ data: z.object({ id: text, username: text }) });

// Numbers as texts per OpenAPI 2.167 [O]; the playground sends some as numbers [C]. (2026-11-23)
const countText = z.union([z.string().regex(/^\d+$/), z.number().int().nonnegative()]).transform(Number);
const usageAnswer = z.object({
  data: z.object({ project_cap: countText, project_usage: countText, cap_reset_day: z.number().int().optional() }),
});

const bearerAnswer = z.object({ token_type: z.literal('bearer'), access_token: text });

/**
 * The token endpoint's documentation demands a form, the library sends JSON [T]; and a confidential client proves itself
 * by Basic alone [O]. (2026-11-23)
 */
const tokenRequestsAsForms: ITwitterApiClientPlugin = {
  onBeforeRequestConfig: ({ url, params }) => {
    if (!url.pathname.startsWith('/2/oauth2/')) return;
    params.forceBodyMode = 'url';
    if (params.body !== undefined && !Buffer.isBuffer(params.body)) {
      delete params.body['client_secret'];
    }
  },
};

interface Settings {
  readonly httpAgent: PlatformContext['network']['agent'];
  readonly plugins: ITwitterApiClientPlugin[];
}

function settingsOf({ network, clock }: PlatformContext): Settings {
  return { httpAgent: network.agent, plugins: [tokenRequestsAsForms, datedSignatures(clock)] };
}

/** The keys of a signed call by the names of the library. */
export function signedTokens(keys: UserKeys): {
  appKey: string;
  appSecret: string;
  accessToken: string;
  accessSecret: string;
} {
  return {
    appKey: keys.api_key,
    appSecret: keys.api_secret,
    accessToken: keys.access_token,
    accessSecret: keys.access_token_secret,
  };
}

function userClient(tokens: UserTokens, context: PlatformContext): TwitterApi {
  return tokens.method === 'oauth1'
    ? new TwitterApi(signedTokens(tokens), settingsOf(context))
    : new TwitterApi(tokens.access_token, settingsOf(context));
}

function oauth2Client({ client_id, client_secret }: OAuth2Client, context: PlatformContext): TwitterApi {
  const secret = client_secret === undefined ? {} : { clientSecret: client_secret };
  return new TwitterApi({ clientId: client_id, ...secret }, settingsOf(context));
}

interface LibraryAnswer {
  readonly data: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** What an answer says, by its schema; one that calls itself a success and is none is judged as what it is. */
function read<Answer>(schema: z.ZodType<Answer>, answer: LibraryAnswer, context: PlatformContext): Answer {
  const parsed = schema.safeParse(answer.data);
  if (parsed.success) return parsed.data;
  throw new PlatformFailure(judge({ status: 200, ...answer }, context.clock.now()));
}

async function post(
  client: TwitterApi,
  path: string,
  body: Readonly<Record<string, string>>,
  timeout = callTimeoutMs,
): Promise<LibraryAnswer> {
  return client.post<unknown>(`${host}${path}`, { ...body }, { fullResponse: true, timeout });
}

async function get(
  client: TwitterApi,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<LibraryAnswer> {
  return client.get<unknown>(`${host}${path}`, { ...query }, { fullResponse: true, timeout: callTimeoutMs });
}

/** Who an account is, and what its token may do. */
export interface Identity {
  readonly id: string;
  readonly username: string;
  /** Of a signed call; null with OAuth 2.0, or where X does not state it. */
  readonly accessLevel: AccessLevel | null;
  /** What X's clock said; null when the answer was undated. */
  readonly serverDate: Date | null;
}

/** Whose tokens these are; a user read, $0.010 once a UTC day [O/I]. Throws what `diagnose` understands. */
export async function identify(tokens: UserTokens, context: PlatformContext): Promise<Identity> {
  const answer = await get(userClient(tokens, context), '/2/users/me');
  const { id, username } = read(meAnswer, answer, context).data;
  const level = answer.headers['x-access-level'];
  const { date } = answer.headers;
  const serverMs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return {
    id,
    username,
    accessLevel: tokens.method === 'oauth1' ? readAccessLevel(typeof level === 'string' ? level : undefined) : null,
    serverDate: Number.isNaN(serverMs) ? null : new Date(serverMs),
  };
}

/** The app's own bearer token; X returns the same one each time [O]. Throws what `diagnose` understands. */
export async function obtainBearer(keys: AppKeys, context: PlatformContext): Promise<string> {
  const basic = new TwitterApi({ username: keys.api_key, password: keys.api_secret }, settingsOf(context));
  const answer = await post(basic, '/oauth2/token', { grant_type: 'client_credentials' });
  return read(bearerAnswer, answer, context).access_token;
}

/** How many posts the app's project has read this period; writing is not counted there [O]. */
export interface Usage {
  readonly cap: number;
  readonly used: number;
  readonly resetDay: number | null;
}

/** The project's use, by the app's bearer token. Throws what `diagnose` understands. */
export async function readUsage(bearerToken: string, context: PlatformContext): Promise<Usage> {
  const client = new TwitterApi(bearerToken, settingsOf(context));
  const { data } = read(usageAnswer, await get(client, '/2/usage/tweets', { days: '7' }), context);
  return { cap: data.project_cap, used: data.project_usage, resetDay: data.cap_reset_day ?? null };
}

/** Trades a code, which lives 30 seconds [O], for tokens. Throws what `diagnose` understands. */
export async function exchangeCode(
  app: OAuth2Client,
  answer: { readonly code: string; readonly verifier: string },
  context: PlatformContext,
): Promise<TokenAnswer> {
  const { code, verifier } = answer;
  return requestTokens(app, context, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: context.redirectUri,
  });
}

/** New tokens for a refresh token, which is spent by this. Throws what `diagnose` understands. */
export async function refreshTokens(
  app: OAuth2Client,
  refreshToken: string,
  context: PlatformContext,
): Promise<TokenAnswer> {
  return requestTokens(app, context, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

// Not loginWithOAuth2() and refreshOAuth2Token(): they trip over an answer without `scope`, before it can be judged.
async function requestTokens(
  app: OAuth2Client,
  context: PlatformContext,
  form: Readonly<Record<string, string>>,
): Promise<TokenAnswer> {
  const body = { ...form, client_id: app.client_id };
  const answer = await post(oauth2Client(app, context), '/2/oauth2/token', body, longestCallMs);
  return read(tokenAnswer, answer, context);
}

/** Ends one OAuth 2.0 token. Throws what `diagnose` understands. */
export async function revokeToken(
  app: OAuth2Client,
  token: string,
  kind: 'access_token' | 'refresh_token',
  context: PlatformContext,
): Promise<void> {
  await oauth2Client(app, context).revokeOAuth2Token(token, kind);
}

/** Ends a signed token, by itself. Throws what `diagnose` understands. */
export async function invalidateToken(keys: UserKeys, context: PlatformContext): Promise<void> {
  await post(userClient({ method: 'oauth1', ...keys }, context), '/1.1/oauth/invalidate_token.json', {});
}
