import { Hono } from 'hono';
import { findAccessToken, findRefreshToken, removeAccess } from './grants.ts';
import { OAuthFault } from './oauth-fault.ts';
import { addTokenEndpoint } from './token-endpoint.ts';
import type { World } from './world.ts';

/** oauth2.googleapis.com: tokens, their revocation and what they are worth. */
export function createOAuthEndpoints(world: World): Hono {
  const app = new Hono();
  addTokenEndpoint(app, world);
  addRevocation(app, world);
  addTokenInfo(app, world);
  app.onError((error, context) => {
    if (!(error instanceof OAuthFault)) throw error;
    return context.json({ error: error.code, error_description: error.message }, error.status);
  });
  return app;
}

/**
 * Either token ends the whole grant of its account for this client.
 * https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke (checked 2026-11-23; success [O],
 * error body [U])
 */
function addRevocation(app: Hono, world: World): void {
  app.post('/revoke', async (context) => {
    const form = new URLSearchParams(await context.req.text());
    const token = context.req.query('token') ?? form.get('token');
    if (token === null) throw new OAuthFault(400, 'invalid_request', 'Missing required parameter: token');
    const held = findRefreshToken(world, token) ?? findAccessToken(world, token);
    if (held === undefined) throw new OAuthFault(400, 'invalid_token', 'Token expired or revoked');
    removeAccess(world, held.account);
    return context.json({});
  });
}

/**
 * The numbers are texts. Google's Node library sends the token as a bearer with POST, others in the query with GET.
 * https://oauth2.googleapis.com/tokeninfo (checked 2026-11-23; shape [U], the library's way [T])
 */
function addTokenInfo(app: Hono, world: World): void {
  app.on(['GET', 'POST'], '/tokeninfo', async (context) => {
    const form = new URLSearchParams(await context.req.text());
    const [, bearer] = /^Bearer (.+)$/i.exec(context.req.header('authorization') ?? '') ?? [];
    const value = context.req.query('access_token') ?? form.get('access_token') ?? bearer;
    const token = value === undefined ? undefined : findAccessToken(world, value);
    if (token === undefined) throw new OAuthFault(400, 'invalid_token', 'Invalid Value');
    const { clientId } = world.kept;
    return context.json({
      azp: clientId,
      aud: clientId,
      scope: token.scopes.join(' '),
      exp: String(Math.floor(token.expiresAtMs / 1_000)),
      expires_in: String(Math.floor((token.expiresAtMs - world.nowMs()) / 1_000)),
      access_type: token.offline ? 'offline' : 'online',
    });
  });
}
