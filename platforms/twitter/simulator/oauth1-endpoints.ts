import type { Hono } from 'hono';
import { sameSecret } from '../../simulator-secrets.ts';
import { accessLevels } from '../capabilities.ts';
import { checkSignature } from './signed-call.ts';
import { bearerToken, issueUserToken } from './tokens.ts';
import { randomKey, type World } from './world.ts';
import { codeFault } from './x-fault.ts';

/** How long a request token waits for the person (2026-11-23) [U]. */
const requestTokenLifetimeMs = 60 * 60_000;

/**
 * The three legs of OAuth 1.0a, and their end.
 * https://docs.x.com/fundamentals/authentication/oauth-1-0a/api-reference (2026-11-23) [O; status 403 of code 415 U]
 */
export function addOAuth1Endpoints(app: Hono, world: World): void {
  const { kept } = world;
  app.post('/oauth/request_token', async ({ req }) => {
    const { parameters, form } = await checkSignature(req.raw, world, () => undefined);
    const named = (name: string): string | null => parameters.get(name) ?? form.get(name) ?? req.query(name) ?? null;
    const callback = named('oauth_callback') ?? '';
    if (callback !== 'oob' && !world.settings().callbackUrls.includes(callback)) {
      throw codeFault(403, 415, 'Callback URL not approved for this client application.');
    }
    const { permission } = world.settings();
    const level = named('x_auth_access_type') === 'read' ? accessLevels[0] : permission;
    const [token, secret] = [randomKey(world.random, 27), randomKey(world.random, 32)];
    kept.requestTokens[token] = { secret, callback, level, issuedAtMs: world.nowMs(), agreed: null };
    return formAnswer({ oauth_token: token, oauth_token_secret: secret, oauth_callback_confirmed: 'true' });
  });
  app.post('/oauth/access_token', async ({ req }) => {
    const call = await checkSignature(req.raw, world, (token) => livingRequestToken(world, token)?.secret);
    const { token, form, parameters } = call;
    const agreed = token === null ? null : (kept.requestTokens[token]?.agreed ?? null);
    const level = kept.requestTokens[token ?? '']?.level;
    const verifier = form.get('oauth_verifier') ?? parameters.get('oauth_verifier') ?? '';
    if (token === null || agreed === null || !sameSecret(verifier, agreed.verifier)) {
      throw codeFault(401, 32, 'Could not authenticate you.');
    }
    Reflect.deleteProperty(kept.requestTokens, token);
    const account = world.account(agreed.account);
    if (account === undefined) throw codeFault(401, 32, 'Could not authenticate you.');
    const issued = issueUserToken(world, account, level);
    return formAnswer({
      oauth_token: issued.token,
      oauth_token_secret: issued.secret,
      user_id: account.id,
      screen_name: account.name,
    });
  });
  app.post('/1.1/oauth/invalidate_token.json', async (context) => {
    const { token } = await checkSignature(context.req.raw, world, (one) => kept.userTokens[one]?.secret);
    if (token === null) throw codeFault(401, 215, 'Bad Authentication data.');
    Reflect.deleteProperty(kept.userTokens, token);
    return context.json({ access_token: token });
  });
}

function livingRequestToken(world: World, token: string): World['kept']['requestTokens'][string] | undefined {
  const held = world.kept.requestTokens[token];
  return held !== undefined && world.nowMs() - held.issuedAtMs <= requestTokenLifetimeMs ? held : undefined;
}

// Form-encoded although the documentation shows JSON (2026-11-23) [O].
function formAnswer(fields: Readonly<Record<string, string>>): Response {
  const headers = { 'content-type': 'text/html;charset=utf-8' };
  return new Response(new URLSearchParams(fields).toString(), { headers });
}

/**
 * The app's bearer token, and its end; that takes Basic or a signature, because two pages of the documentation disagree.
 * https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only (2026-11-23) [O]
 */
export function addBearerEndpoints(app: Hono, world: World): void {
  const isApp = (authorization: string | undefined): boolean => {
    const [, encoded = ''] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
    const expected = `${world.kept.apiKey}:${world.kept.apiSecret}`;
    return sameSecret(Buffer.from(encoded, 'base64').toString(), expected);
  };
  app.post('/oauth2/token', async (context) => {
    const form = new URLSearchParams(await context.req.text());
    if (!isApp(context.req.header('authorization')) || form.get('grant_type') !== 'client_credentials') {
      return context.json({ errors: [notVerified] }, 403);
    }
    return context.json({ token_type: 'bearer', access_token: bearerToken(world) });
  });
  app.post('/oauth2/invalidate_token', async (context) => {
    if (!isApp(context.req.header('authorization'))) {
      await checkSignature(context.req.raw, world, (token) => world.kept.userTokens[token]?.secret);
    }
    const form = new URLSearchParams(await context.req.text());
    // The value holds %2F and %3D of its own, so decoding it once is all that may happen.
    const named = context.req.query('access_token') ?? form.get('access_token') ?? '';
    if (named === '' || named !== world.kept.bearerToken) return context.json({ errors: [notVerified] }, 403);
    world.kept.bearerToken = null;
    return context.json({ access_token: named });
  });
}

const notVerified = { code: 99, label: 'authenticity_token_error', message: 'Unable to verify your credentials' };
