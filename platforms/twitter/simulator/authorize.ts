import { Hono } from 'hono';
import { randomText } from '../../simulator-secrets.ts';
import { consentPage, faultPage } from './pages.ts';
import { issueCode } from './tokens.ts';
import type { Code, World } from './world.ts';

/** What X shows on a page of its own. */
class PageFault extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'PageFault';
  }
}

interface AuthorizationRequest extends Omit<Code, 'account' | 'issuedAtMs'> {
  readonly state: string | null;
}

const scopePattern = /^[a-z]+(\.[a-z]+)+$/;

/**
 * Reads the query of `x.com/i/oauth2/authorize`. The challenge method is taken in any case, because twitter-api-v2 writes it
 * small. Throws PageFault.
 * https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code (2026-11-23) [O; method's case T]
 */
function readRequest(query: URLSearchParams, world: World): AuthorizationRequest {
  const repeated = [...query.keys()].find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) throw new PageFault(`The parameter ${repeated} is given twice.`);
  if (query.get('response_type') !== 'code') throw new PageFault('response_type must be code.');
  if (query.get('client_id') !== world.kept.clientId) throw new PageFault('The client is not known.');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!world.settings().callbackUrls.includes(redirectUri)) throw new PageFault('The redirect_uri is not registered.');
  const state = query.get('state');
  if (state === null || state.length > 500) throw new PageFault('state is required, of up to 500 characters.');
  const scopes = [...new Set((query.get('scope') ?? '').split(' ').filter((scope) => scope !== ''))];
  if (scopes.length === 0 || scopes.some((scope) => !scopePattern.test(scope))) throw new PageFault('scope is wrong.');
  const challenge = query.get('code_challenge') ?? '';
  const challengeMethod = (query.get('code_challenge_method') ?? 'plain').toLowerCase();
  if (challengeMethod !== 's256' && challengeMethod !== 'plain') throw new PageFault('code_challenge_method is wrong.');
  const pattern = challengeMethod === 's256' ? /^[A-Za-z0-9_-]{43}$/ : /^[A-Za-z0-9._~-]{43,128}$/;
  if (!pattern.test(challenge)) throw new PageFault('code_challenge is missing or wrong.');
  return { redirectUri, state, scopes, challenge, challengeMethod };
}

interface Decision {
  readonly approves: boolean;
  readonly account: string;
}

async function readDecision(request: Request, world: World): Promise<Decision> {
  const form = new URLSearchParams(await request.text());
  const account = form.get('account') ?? '';
  if (world.account(account) === undefined) throw new PageFault(`There is no account @${account}.`);
  return { approves: form.get('decision') === 'approve', account };
}

function showFaults(app: Hono): void {
  app.onError((error, context) => {
    if (error instanceof PageFault) return context.html(faultPage(error.message), 400);
    throw error;
  });
}

/** x.com: the consent page of OAuth 2.0, and what becomes of the decision made there. */
export function createAuthorizePage(world: World): Hono {
  const app = new Hono();
  const path = '/i/oauth2/authorize';
  app.get(path, (context) => {
    const { scopes } = readRequest(new URL(context.req.url).searchParams, world);
    return context.html(consentPage(scopes, world.settings()));
  });
  app.post(path, async (context) => {
    const { state, ...request } = readRequest(new URL(context.req.url).searchParams, world);
    const { approves, account } = await readDecision(context.req.raw, world);
    const parameters = approves ? { code: issueCode(world, { ...request, account }) } : { error: 'access_denied' };
    return context.redirect(callbackUrl(request.redirectUri, { state: state ?? '', ...parameters }));
  });
  showFaults(app);
  return app;
}

/**
 * The consent page of OAuth 1.0a; `authenticate` would skip a repeated consent, which nobody signed in here can have.
 * https://docs.x.com/fundamentals/authentication/oauth-1-0a/obtaining-user-access-tokens (2026-11-23) [O; denied U]
 */
export function addSignedAuthorizePage(app: Hono, world: World): void {
  const find = (url: string): { token: string; held: World['kept']['requestTokens'][string] } => {
    const token = new URL(url).searchParams.get('oauth_token') ?? '';
    const held = world.kept.requestTokens[token];
    if (held === undefined || held.agreed !== null) throw new PageFault('This request token is not good any more.');
    return { token, held };
  };
  for (const path of ['/oauth/authorize', '/oauth/authenticate']) {
    app.get(path, (context) => {
      try {
        const { held } = find(context.req.url);
        return context.html(consentPage([held.level], world.settings()));
      } catch (error) {
        if (error instanceof PageFault) return context.html(faultPage(error.message), 400);
        throw error;
      }
    });
    app.post(path, async (context) => {
      const { token, held } = find(context.req.url);
      const { approves, account } = await readDecision(context.req.raw, world);
      if (!approves) return context.redirect(callbackUrl(held.callback, { denied: token }));
      const verifier =
        held.callback === 'oob' ? randomText(world.random, 7, '0123456789') : randomText(world.random, 32);
      held.agreed = { account, verifier };
      if (held.callback === 'oob') return context.html(faultPage(`Your PIN is ${verifier}.`));
      return context.redirect(callbackUrl(held.callback, { oauth_token: token, oauth_verifier: verifier }));
    });
  }
}

function callbackUrl(base: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(base);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
  return url.href;
}
