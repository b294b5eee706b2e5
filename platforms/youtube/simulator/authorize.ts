import { Hono } from 'hono';
import { AuthorizationFault, readAuthorizationRequest, type AuthorizationRequest } from './authorization-request.ts';
import { consentPage, faultPage } from './consent-page.ts';
import { issueCode } from './grants.ts';
import { namesScope } from './settings.ts';
import type { World } from './world.ts';

/** What the person sent from the consent page. */
interface Decision {
  readonly account: string;
  readonly approves: boolean;
  readonly scopes: readonly string[];
}

/** accounts.google.com: the consent page, and what becomes of the decision made there. */
export function createAuthorizeEndpoint(world: World): Hono {
  const app = new Hono();
  const path = '/o/oauth2/v2/auth';
  const read = (url: string): AuthorizationRequest => readAuthorizationRequest(new URL(url).searchParams, world);
  app.get(path, (context) => {
    const request = read(context.req.url);
    // Nobody is signed in at the simulated Google, so nothing can be granted without a page.
    if (request.isSilent) return context.redirect(refusalUrl(request, 'interaction_required').href);
    return context.html(consentPage(request, world.settings()));
  });
  app.post(path, async (context) => {
    const request = read(context.req.url);
    const form = new URLSearchParams(await context.req.text());
    const decision: Decision = {
      account: form.get('account') ?? '',
      approves: form.get('decision') === 'approve',
      scopes: form.getAll('scope'),
    };
    return context.redirect(decide(request, decision, world).href);
  });
  app.onError((error, context) => {
    if (error instanceof AuthorizationFault) return context.html(faultPage(error), error.status);
    throw error;
  });
  return app;
}

function decide(request: AuthorizationRequest, decision: Decision, world: World): URL {
  if (!decision.approves) return refusalUrl(request, 'access_denied');
  checkAccount(decision.account, world);
  const agreed = world.kept.consents[decision.account] ?? [];
  const seesConsent = request.forcesConsent || request.scopes.some((scope) => !agreed.includes(scope));
  const granted = seesConsent ? grantedScopes(request, decision, world) : request.scopes;
  if (granted.length === 0) return refusalUrl(request, 'access_denied');
  const scopes = [...new Set([...granted, ...(request.includesGranted ? agreed : [])])];
  world.kept.consents[decision.account] = [...new Set([...agreed, ...granted])];
  const code = issueCode(world, {
    account: decision.account,
    redirectUri: request.redirectUri,
    scopes,
    challenge: request.challenge,
    challengeMethod: request.challengeMethod,
    givesRefreshToken: request.isOffline && seesConsent,
    isOffline: request.isOffline,
  });
  return callbackUrl(request, { code, scope: scopes.join(' ') });
}

function checkAccount(name: string, world: World): void {
  const account = world.account(name);
  const { userType, publishingStatus, testUsers } = world.settings();
  if (account === undefined) throw new AuthorizationFault(400, 'invalid_request', `There is no account '${name}'.`);
  if (userType === 'internal' && !account.inOrganization) {
    throw new AuthorizationFault(403, 'org_internal', 'The app is available to users of its organization only.');
  }
  if (userType === 'external' && publishingStatus === 'testing' && !testUsers.includes(name)) {
    const message = 'The app is being tested and can be used by test users that the developer approved only.';
    throw new AuthorizationFault(403, 'access_denied', message);
  }
}

function grantedScopes(request: AuthorizationRequest, decision: Decision, world: World): readonly string[] {
  const { declinedScopes } = world.settings();
  return request.scopes.filter((scope) => decision.scopes.includes(scope) && !namesScope(declinedScopes, scope));
}

function refusalUrl(request: AuthorizationRequest, error: string): URL {
  return callbackUrl(request, { error });
}

function callbackUrl(request: AuthorizationRequest, parameters: Readonly<Record<string, string>>): URL {
  const url = new URL(request.redirectUri);
  if (request.state !== null) url.searchParams.append('state', request.state);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
  return url;
}
