import type { Remedy } from '../../model/failure.ts';
import type { StepOutcome } from '../../model/portal-step.ts';
import type {
  AuthorizationRequest,
  AuthorizationResponse,
  PlatformContext,
  StepDefinition,
  StepResult,
} from '../platform.ts';
import { redirectUriPlaceholder } from '../describe-platform.ts';
import { consentPage, exchangeCode } from './api.ts';
import { readApp } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { consentedGrant } from './grant.ts';
import { missingScopes, neededScopes } from './scopes.ts';

function again(step: string, remedy: Remedy): StepResult {
  return { outcome: { outcome: 'again', step, remedy } };
}

// A first consent, and one that only renews, ask for everything; after a partial one only what is missing is asked for.
function authorizationUrl(request: AuthorizationRequest, context: PlatformContext): URL {
  const missing = missingScopes(context.scopes);
  const already = missing.length > 0 && missing.length < neededScopes.length;
  const scopes = (already ? missing : neededScopes).map(({ scope }) => scope);
  const { state, verifier } = request;
  const page = consentPage(readApp(request.credentials), { state, verifier, scopes, already }, context);
  return context.network.browserUrl(page);
}

async function exchange(response: AuthorizationResponse, context: PlatformContext): Promise<StepResult> {
  const app = readApp(response.credentials);
  try {
    const answer = await exchangeCode(app, response, context);
    if (answer.refresh_token !== undefined) {
      return { outcome: { outcome: 'done' }, save: consentedGrant(app, answer, context.clock.now()) };
    }
  } catch (error) {
    return refusedExchange(error, context);
  }
  return again('consent', {
    cause:
      'Google gave no refresh token, so the connection would end within the hour. It gives one only for a consent with access_type=offline and prompt=consent.',
    remedy: 'Open the new consent link just as it is and agree on every page. What was stored before is kept.',
  });
}

/** Nothing but a verdict on the code or on the app sends a person back; everything else is tried again. */
function refusedExchange(error: unknown, context: PlatformContext): StepResult {
  const failure = diagnose(error, context.clock.now());
  const { cause, remedy, link } = failure;
  if (failure.code === 'invalid_grant') {
    return again('consent', {
      cause:
        'Google did not accept the code of this consent: it was used before, is some minutes old, or belongs to another consent.',
      remedy: 'Open the new consent link and agree once more.',
    });
  }
  if (failure.code === 'redirect_uri_mismatch') {
    return again('client', {
      cause,
      remedy: `Add ${context.redirectUri} to the client to the letter.`,
      ...(link === undefined ? {} : { link }),
    });
  }
  if (failure.kind === 'app_rejected')
    return again('client', { cause, remedy, ...(link === undefined ? {} : { link }) });
  throw error;
}

interface CallbackRow {
  readonly code: string;
  readonly remedy: Remedy;
}

/**
 * What Google sends to the callback, or shows on a page of its own, instead of a code. [O for access_denied and
 * org_internal, rest U] https://developers.google.com/identity/protocols/oauth2/web-server (2026-11-23)
 */
export const callbackErrors: readonly CallbackRow[] = [
  {
    code: 'access_denied',
    remedy: {
      cause:
        'The permission was not given: somebody pressed Cancel, or the app is in Testing and this account is not among its test users.',
      remedy:
        'Add the account under Test users or publish the app, then open the consent link again and press Continue.',
      link: 'https://console.cloud.google.com/auth/audience',
    },
  },
  {
    code: 'org_internal',
    remedy: {
      cause: 'The app is Internal: only accounts of its own Google Workspace can agree.',
      remedy: 'Make it External, or agree with an account of that Workspace.',
      link: 'https://console.cloud.google.com/auth/audience',
    },
  },
  {
    code: 'redirect_uri_mismatch',
    remedy: {
      cause: "The callback of this connector is not among the OAuth client's authorized redirect URIs.",
      remedy:
        'Add the address that the step "client" shows, to the letter, and open the consent link again a minute later.',
      link: 'https://console.cloud.google.com/auth/clients',
    },
  },
  {
    code: 'invalid_client',
    remedy: {
      cause: 'Google knows no OAuth client with this client ID; it may have been deleted.',
      remedy: 'Give the client ID and secret of a client that exists at the step "client".',
      link: 'https://console.cloud.google.com/auth/clients',
    },
  },
];

function refused(parameters: URLSearchParams): StepOutcome {
  const code = parameters.get('error');
  const row = callbackErrors.find((candidate) => candidate.code === code);
  // Anybody can call the callback with any text: only a known word is repeated.
  return {
    outcome: 'refused',
    remedy: row?.remedy ?? {
      cause: 'Google sent an error that the connector does not know instead of a code.',
      remedy: 'Open the consent link again. If it happens again, read what Google shows on its page.',
    },
  };
}

/** A person agrees on Google's screen; the answer holds both tokens. */
export const consentStep: StepDefinition = {
  kind: 'consent',
  id: 'consent',
  title: 'Let the connector use the channel',
  instructions: [
    'Open the consent link and sign in with the Google account that owns the channel.',
    'If Google asks for a channel or brand account, choose the one to post to: the permission is for that one.',
    'At the warning that the app is not verified, press Advanced and continue to the app: it is your own.',
    'Tick every box and press Continue.',
    // Google shows these two on a page of its own, so the connector never hears of them.
    `If Google shows redirect_uri_mismatch, add ${redirectUriPlaceholder} to the client's authorized redirect URIs and open the link again a minute later.`,
    'If Google shows that access is blocked because the app is being tested, add the account under Test users or publish the app.',
  ],
  authorizationUrl,
  exchange,
  refused,
};
