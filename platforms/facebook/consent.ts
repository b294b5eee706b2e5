import type { Remedy } from '../../model/failure.ts';
import type { StepOutcome } from '../../model/portal-step.ts';
import { redirectUriPlaceholder } from '../describe-platform.ts';
import { joinScopes } from '../oauth.ts';
import type {
  AuthorizationRequest,
  AuthorizationResponse,
  PlatformContext,
  StepDefinition,
  StepResult,
} from '../platform.ts';
import { readApp } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { graphVersion } from './graph-version.ts';
import { missingScopes, wantedScopes } from './scopes.ts';
import { again, remedyOf } from './step-results.ts';
import { exchangeCode } from './tokens.ts';
import { longLivedGrant } from './user-token.ts';

/**
 * The consent page. A first consent asks for everything; a later one must say `rerequest`, or Facebook leaves out what was
 * declined before, and asks for just what is missing. A renewal asks for everything again. No PKCE: Facebook's server
 * flow has none. https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow (2026-11-23) [O/C]
 */
function authorizationUrl(request: AuthorizationRequest, context: PlatformContext): URL {
  const missing = missingScopes(context.scopes);
  const asked = missing.length === 0 ? wantedScopes : missing;
  const page = new URL(`https://www.facebook.com/${graphVersion}/dialog/oauth`);
  const parameters = {
    client_id: readApp(request.credentials).app_id,
    redirect_uri: context.redirectUri,
    state: request.state,
    response_type: 'code',
    scope: joinScopes(
      asked.map(({ scope }) => scope),
      ',',
    ),
    ...(context.scopes.length > 0 && { auth_type: 'rerequest' }),
  };
  for (const [name, value] of Object.entries(parameters)) page.searchParams.set(name, value);
  return context.network.browserUrl(page);
}

async function exchange(response: AuthorizationResponse, context: PlatformContext): Promise<StepResult> {
  const app = readApp(response.credentials);
  try {
    const answer = await exchangeCode(app, response.code, context);
    const save = await longLivedGrant(app, answer.access_token, context);
    return { outcome: { outcome: 'done' }, save };
  } catch (error) {
    return refusedExchange(error, context);
  }
}

/** Nothing but a verdict on the code or on the app sends a person back; everything else is tried again. */
function refusedExchange(error: unknown, context: PlatformContext): StepResult {
  const failure = diagnose(error, context.clock.now());
  const isOfTheCode = failure.code.startsWith('100');
  if (failure.kind === 'app_rejected') return again(isOfTheCode ? 'consent' : 'app-credentials', remedyOf(failure));
  if (failure.kind === 'needs_consent') return again('consent', remedyOf(failure));
  throw error;
}

interface CallbackRow {
  readonly code: string;
  readonly remedy: Remedy;
}

/** What Facebook sends to the callback instead of a code. (2026-11-23) [U] */
export const callbackErrors: readonly CallbackRow[] = [
  {
    code: 'access_denied',
    remedy: {
      cause: 'The permission was not given: somebody pressed Cancel on the page of Facebook.',
      remedy: 'Open the consent link again, press Continue, and leave every permission on.',
    },
  },
  {
    code: 'server_error',
    remedy: {
      cause: 'Facebook had trouble of its own while somebody agreed.',
      remedy: 'Open the consent link again in some minutes.',
    },
  },
  {
    code: 'temporarily_unavailable',
    remedy: {
      cause: 'Facebook cannot show its consent page for now.',
      remedy: 'Open the consent link again in some minutes.',
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
      cause: 'Facebook sent an error that the connector does not know instead of a code.',
      remedy: 'Open the consent link again. If it happens again, read what Facebook shows on its page.',
    },
  };
}

/** A person agrees on Facebook's screen; the code becomes a long-lived user token at once. */
export const consentStep: StepDefinition = {
  kind: 'consent',
  id: 'consent',
  title: 'Let the connector use the Page',
  instructions: [
    'Open the consent link and sign in as the person who manages the Page; while the app is unpublished, it must be a person with a role on the app.',
    'Tick the Page, and its Instagram account, wherever Facebook asks for them.',
    'Leave every permission on and press Continue.',
    // Facebook shows these two on a page of its own, so the connector never hears of them.
    `If Facebook shows that the URL is blocked, add ${redirectUriPlaceholder} under Facebook Login → Settings → Valid OAuth Redirect URIs. A published app takes https addresses only.`,
    'If Facebook shows that the app is not active, add the person under App roles → Roles.',
  ],
  authorizationUrl,
  exchange,
  refused,
};
