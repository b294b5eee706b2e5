import type { Hono } from 'hono';
import { fingerprint, sameSecret } from '../../simulator-secrets.ts';
import { endToken, issueTokens, takeCode, takeRefreshToken, type IssuedTokens } from './tokens.ts';
import type { Code, World } from './world.ts';
import { oauthFault, type XFault } from './x-fault.ts';

type Fields = ReadonlyMap<string, string>;

/**
 * `/2/oauth2/token` and `/2/oauth2/revoke`, which take forms and JSON: the documentation demands the first and
 * twitter-api-v2 sends the second.
 * https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token (2026-11-23) [O; JSON T/I; errors C/U]
 */
export function addOAuth2Endpoints(app: Hono, world: World): void {
  app.post('/2/oauth2/token', async (context) => {
    const fields = await readFields(context.req.raw);
    checkClient(fields, context.req.header('authorization'), world);
    const grantType = fields.get('grant_type');
    if (grantType === 'authorization_code') return context.json(exchange(fields, world));
    if (grantType === 'refresh_token') return context.json(refresh(fields, world));
    throw invalid('grant type');
  });
  app.post('/2/oauth2/revoke', async (context) => {
    const fields = await readFields(context.req.raw);
    checkClient(fields, context.req.header('authorization'), world);
    if (!endToken(world, fields.get('token') ?? '')) throw invalid('token');
    return context.json({ revoked: true });
  });
}

async function readFields(request: Request): Promise<Fields> {
  const type = request.headers.get('content-type') ?? '';
  const text = await request.text();
  if (type.startsWith('application/json')) {
    const parsed: unknown = JSON.parse(text === '' ? '{}' : text);
    const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
    return new Map(entries.map(([name, value]) => [name, String(value)]));
  }
  if (!type.startsWith('application/x-www-form-urlencoded')) throw invalid('content type');
  return new Map(new URLSearchParams(text));
}

function invalid(what: string): XFault {
  return oauthFault(400, 'invalid_request', `Value passed for the ${what} was invalid.`);
}

function checkClient(fields: Fields, authorization: string | undefined, world: World): void {
  const { clientId, clientSecret } = world.kept;
  if (world.settings().clientType === 'public') {
    if (fields.get('client_id') !== clientId) throw invalid('client id');
    return;
  }
  const [, encoded = ''] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(':', 2).map(decodeURIComponent);
  if (id !== clientId || !sameSecret(secret, clientSecret)) {
    throw oauthFault(401, 'unauthorized_client', 'Missing valid authorization header');
  }
}

function exchange(fields: Fields, world: World): IssuedTokens {
  const code = takeCode(world, fields.get('code') ?? '');
  const proves = code !== undefined && provesPossession(code, fields.get('code_verifier') ?? '');
  if (!proves || fields.get('redirect_uri') !== code.redirectUri) throw invalid('authorization code');
  return issueTokens(world, code.account, code.scopes);
}

function provesPossession({ challenge, challengeMethod }: Code, verifier: string): boolean {
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  return sameSecret(challengeMethod === 's256' ? fingerprint(verifier) : verifier, challenge);
}

function refresh(fields: Fields, world: World): IssuedTokens {
  const token = takeRefreshToken(world, fields.get('refresh_token') ?? '');
  if (token === undefined) throw invalid('token');
  return issueTokens(world, token.account, token.scopes);
}
