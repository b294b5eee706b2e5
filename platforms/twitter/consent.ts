import type { StepOutcome } from '../../model/portal-step.ts';
import { redirectUriPlaceholder } from '../describe-platform.ts';
import { challengeBase64url, joinScopes } from '../oauth.ts';
import type {
  AuthorizationRequest,
  AuthorizationResponse,
  PlatformContext,
  StepDefinition,
  StepResult,
} from '../platform.ts';
import { exchangeCode, type TokenAnswer } from './api.ts';
import { missingScopes, neededScopes } from './capabilities.ts';
import { readClient } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { tokenGrant } from './grant.ts';
import { again } from './outcomes.ts';

/**
 * X's consent page. Written here and not by generateOAuth2AuthLink(), which makes a verifier of its own and sends the
 * challenge method in lower case [T].
 * https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code (2026-11-23) [O]
 */
function authorizationUrl(request: AuthorizationRequest, context: PlatformContext): URL {
  const page = new URL('https://x.com/i/oauth2/authorize');
  page.search = new URLSearchParams({
    response_type: 'code',
    client_id: readClient(request.credentials).client_id,
    redirect_uri: context.redirectUri,
    scope: joinScopes(
      neededScopes.map(({ scope }) => scope),
      ' ',
    ),
    state: request.state,
    code_challenge: challengeBase64url(request.verifier),
    code_challenge_method: 'S256',
  }).toString();
  return context.network.browserUrl(page);
}

async function exchange(response: AuthorizationResponse, context: PlatformContext): Promise<StepResult> {
  let answer: TokenAnswer;
  try {
    answer = await exchangeCode(readClient(response.credentials), response, context);
  } catch (error) {
    const failure = diagnose(error, context.clock.now());
    if (failure.kind === 'needs_consent') return again('consent', failure);
    if (failure.kind === 'app_rejected') return again('client', failure);
    throw error;
  }
  const save = tokenGrant(answer, context.clock.now());
  if (answer.refresh_token === undefined) return again('consent', noRefreshToken);
  const missing = missingScopes(save.scopes ?? []);
  if (missing.length === 0) return { outcome: { outcome: 'done' }, save };
  const consequences = missing.map(({ scope, withoutIt }) => `without ${scope} ${withoutIt}`).join('; ');
  const remedy = 'Check that the app has Read and write, open the new consent link and agree to everything.';
  return { ...again('consent', { cause: `Not everything was granted: ${consequences}.`, remedy }), save };
}

const noRefreshToken = {
  cause: 'X gave no refresh token, so the connection would end within two hours. It gives one only for offline.access.',
  remedy: 'Open the new consent link just as it is and agree. What was stored before is kept.',
};

function refused(parameters: URLSearchParams): StepOutcome {
  const remedy =
    parameters.get('error') === 'access_denied'
      ? {
          cause: 'The permission was not given: somebody pressed Cancel on the page of X.',
          remedy: 'Open the consent link again, as the account that is to post, and press Authorize app.',
        }
      : {
          // Anybody can call the callback with any text: it is not repeated.
          cause: 'X sent an error that the connector does not know instead of a code.',
          remedy: 'Open the consent link again. If it happens again, read what X shows on its page.',
        };
  return { outcome: 'refused', remedy };
}

/** A person agrees on X's screen; the code that comes of it lives 30 seconds. */
export const consentStep: StepDefinition = {
  kind: 'consent',
  id: 'consent',
  title: 'Let the connector use the account',
  instructions: [
    'Open the consent link in a browser that is signed in to X with the account that is to post.',
    'Press Authorize app.',
    // X shows that on a page of its own, so the connector never hears of it.
    `If X shows "Something went wrong", ${redirectUriPlaceholder} is not among the callback URIs of the app to the letter: add it and open the link again.`,
  ],
  authorizationUrl,
  exchange,
  refused,
};
