import type { Credentials } from '../../model/credentials.ts';
import type { Failure, Remedy } from '../../model/failure.ts';
import { redirectUriPlaceholder } from '../describe-platform.ts';
import { challengeHex, joinScopes } from '../oauth.ts';
import type {
  AuthorizationRequest,
  AuthorizationResponse,
  PlatformContext,
  StepDefinition,
  StepResult,
} from '../platform.ts';
import { fetchUserInfo } from './api-calls.ts';
import { refused } from './callback.ts';
import { readClient, readProductionClient, type ClientCredentials, type Stage } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { grantOf } from './grant.ts';
import { modeOf } from './mode.ts';
import { compareAccounts, type AccountComparison } from './same-account.ts';
import { neededScopes } from './scopes.ts';
import { exchangeCode, revokeGrant, type TokenAnswer } from './token-calls.ts';
import { remedyOf } from './verify-client.ts';

/** The two consents of a connection: at the sandbox's client first, at that of production once it is approved. */
interface Consent {
  readonly stage: Stage;
  readonly step: string;
  /** Where its client is given. */
  readonly clientStep: string;
  readonly client: (credentials: Credentials) => ClientCredentials;
}

const sandbox: Consent = { stage: 'sandbox', step: 'consent', clientStep: 'sandbox-client', client: readClient };
const production: Consent = {
  stage: 'production',
  step: 'production-consent',
  clientStep: 'production-client',
  client: readProductionClient,
};

/**
 * `client_key` instead of client_id, commas between scopes, a slash at the end of the path [O]. From a desktop client the
 * challenge is the SHA-256 of the verifier in hexadecimal digits [C], from a web client there is none [O].
 * https://developers.tiktok.com/doc/login-kit-desktop (2026-11-23)
 */
function authorizationUrl(consent: Consent, request: AuthorizationRequest, context: PlatformContext): URL {
  const { client_key, client_platform } = consent.client(request.credentials);
  const url = new URL('https://www.tiktok.com/v2/auth/authorize/');
  const scopes = neededScopes.map(({ scope }) => scope);
  const parameters = {
    client_key,
    response_type: 'code',
    scope: joinScopes(scopes, ','),
    redirect_uri: context.redirectUri,
    state: request.state,
    ...(client_platform === 'desktop'
      ? { code_challenge: challengeHex(request.verifier), code_challenge_method: 'S256' }
      : {}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return context.network.browserUrl(url);
}

async function exchange(
  consent: Consent,
  response: AuthorizationResponse,
  context: PlatformContext,
): Promise<StepResult> {
  const client = consent.client(response.credentials);
  let answer: TokenAnswer;
  try {
    answer = await exchangeCode(client, response, context);
  } catch (error) {
    return refusedExchange(consent, error, context);
  }
  if (answer.refresh_token === undefined) return again(consent.step, noRefreshToken);
  const { same, note } = await compareWithKnown(answer, { client, known: response.credentials, context });
  // Before anything is saved: the connection goes on with the tokens that it has.
  if (!same) return refuseStranger(consent, client, answer, context);
  return {
    outcome: { outcome: 'done', ...(note === null ? {} : { notes: [note] }) },
    save: promotedGrant(consent.stage, { client, answer, known: response.credentials, now: context.clock.now() }),
  };
}

interface Exchanged {
  readonly client: ClientCredentials;
  readonly answer: TokenAnswer;
  readonly known: Credentials;
  readonly now: Date;
}

/** Tokens and the client that they belong to change in one write: no refresh ever mixes sandbox and production. */
function promotedGrant(stage: Stage, { client, answer, known, now }: Exchanged): NonNullable<StepResult['save']> {
  const grant = grantOf(answer, now);
  const { client_key, client_secret } = client;
  return {
    ...grant,
    credentials: { ...grant.credentials, client_key, client_secret, stage },
    mode: modeOf({ ...known, stage }),
  };
}

async function compareWithKnown(
  answer: TokenAnswer,
  about: { readonly client: ClientCredentials; readonly known: Credentials; readonly context: PlatformContext },
): Promise<AccountComparison> {
  if (about.known['display_name'] === undefined) return { same: true, note: null };
  const user = await fetchUserInfo(answer.access_token, about.context, []);
  return compareAccounts(about.known, user, about.client.client_key);
}

async function refuseStranger(
  consent: Consent,
  client: ClientCredentials,
  answer: TokenAnswer,
  context: PlatformContext,
): Promise<StepResult> {
  // Nobody keeps this grant. That TikTok could not be told changes nothing for the connection.
  await revokeGrant(client, answer.refresh_token ?? answer.access_token, context).catch(() => undefined);
  return again(consent.step, {
    cause: 'Another TikTok account agreed than the one that this connection belongs to.',
    remedy:
      'Sign in to TikTok in the browser as the account of this connection and open the consent link again. To connect the other account too, start an onboarding of its own with another label.',
  });
}

/** Nothing but a verdict on the code or on the app sends a person back; everything else is tried again. */
function refusedExchange(consent: Consent, error: unknown, context: PlatformContext): StepResult {
  const failure = diagnose(error, context.clock.now());
  if (failure.code === 'invalid_grant') return again(consent.step, spentCode);
  if (failure.code === 'invalid_request') return again(consent.step, wrongRequest(failure, context));
  if (failure.kind === 'app_rejected') return again(consent.clientStep, remedyOf(failure));
  throw error;
}

function again(step: string, remedy: Remedy): StepResult {
  return { outcome: { outcome: 'again', step, remedy } };
}

const spentCode: Remedy = {
  cause:
    'TikTok did not accept the code of this consent: it was used before, is some minutes old, or belongs to another consent.',
  remedy: 'Open the new consent link and agree once more.',
};

const noRefreshToken: Remedy = {
  cause: 'TikTok gave no refresh token, so the connection would end with its access token.',
  remedy: 'Open the new consent link and agree once more. What was stored before is kept.',
};

function wrongRequest({ cause }: Failure, { redirectUri }: PlatformContext): Remedy {
  return {
    cause,
    remedy: `Check in the portal that Login Kit has exactly ${redirectUri} for the platform (Desktop or Web) that was chosen at the step "app-details", then open the new consent link.`,
    link: 'https://developers.tiktok.com/apps',
  };
}

function consentStep(consent: Consent, title: string, instructions: readonly string[]): StepDefinition {
  return {
    kind: 'consent',
    id: consent.step,
    title,
    instructions,
    authorizationUrl: (request, context) => authorizationUrl(consent, request, context),
    exchange: (response, context) => exchange(consent, response, context),
    refused: (parameters) => refused(parameters, consent.clientStep),
  };
}

// TikTok shows these on a page of its own, so the connector never hears of them (2026-11-23) [U].
const ownPages = [
  `If TikTok complains about redirect_uri, add ${redirectUriPlaceholder} to Login Kit to the letter, apply the changes, and open the link again.`,
  'If TikTok complains about client_key, the key belongs to another tab of the app: sandbox and production have a key each.',
];

/** The creator agrees at the sandbox's client; the answer holds both tokens. */
export const sandboxConsent: StepDefinition = consentStep(sandbox, 'Let the sandbox use the account', [
  'Open the consent link and sign in with a TikTok account that is a target user of the sandbox.',
  'Leave every permission switched on and press Continue.',
  'If TikTok says that the account is no target user, add it under Sandbox settings and press Apply changes.',
  ...ownPages,
]);

/** The same creator agrees at the approved app; with its answer the connection changes over to production. */
export const productionConsent: StepDefinition = consentStep(production, 'Let the approved app use the account', [
  'Open the consent link and sign in with the same TikTok account as before.',
  'Leave every permission switched on and press Continue.',
  ...ownPages,
]);
