import { Hono } from 'hono';
import { AuthorizationFault, readAuthorizationRequest, type AuthorizationRequest } from './authorization-request.ts';
import { consentPage, faultPage } from './consent-page.ts';
import { issueCode } from './grants.ts';
import type { World } from './world.ts';

/** www.tiktok.com: the consent page, and what becomes of the decision made there. The slash at the end matters. */
export function createAuthorizeEndpoint(world: World): Hono {
  const app = new Hono();
  const path = '/v2/auth/authorize/';
  const read = (url: string): AuthorizationRequest => readAuthorizationRequest(new URL(url).searchParams, world);
  app.get(path, (context) => context.html(consentPage(read(context.req.url), world.settings())));
  app.post(path, async (context) => {
    const request = read(context.req.url);
    const form = new URLSearchParams(await context.req.text());
    return context.redirect(decide(request, form, world));
  });
  app.onError((error, context) => {
    if (error instanceof AuthorizationFault) return context.html(faultPage(error), 400);
    throw error;
  });
  return app;
}

function decide(request: AuthorizationRequest, form: URLSearchParams, world: World): string {
  if (form.get('decision') !== 'approve') return refusal(request);
  const account = world.account(form.get('account') ?? '');
  const { targetUsers, declinedScopes } = world.settings();
  if (account === undefined) throw new AuthorizationFault('account', 'There is no such account.');
  if (request.stage === 'sandbox' && !targetUsers.includes(account.name)) {
    throw new AuthorizationFault('non_sandbox_target', 'This account is no target user of the sandbox.');
  }
  const ticked = form.getAll('scope');
  const scopes = request.scopes.filter((scope) => ticked.includes(scope) && !declinedScopes.includes(scope));
  if (scopes.length === 0) return refusal(request);
  const { stage, redirectUri, challenge } = request;
  const code = issueCode(world, { stage, account: account.name, scopes, redirectUri, challenge });
  return callback(request, { code, scopes: scopes.join(',') });
}

/** https://developers.tiktok.com/doc/oauth-error-handling (2026-11-23) [U] */
function refusal(request: AuthorizationRequest): string {
  const error_description = 'The user denied the request';
  return callback(request, { error: 'access_denied', errCode: '-2', error_description });
}

/** `*` and `!` of a code arrive encoded, which URLSearchParams would not do to the first. */
function callback(request: AuthorizationRequest, parameters: Readonly<Record<string, string>>): string {
  const all = { ...parameters, ...(request.state === null ? {} : { state: request.state }) };
  const query = Object.entries(all).map(([name, value]) => `${name}=${encode(value)}`);
  return `${request.redirectUri}?${query.join('&')}`;
}

function encode(value: string): string {
  return encodeURIComponent(value).replaceAll('*', '%2A').replaceAll('!', '%21');
}
