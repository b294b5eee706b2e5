import type { Hono } from 'hono';
import { fingerprint, sameSecret } from '../../simulator-secrets.ts';
import { acceptsRedirect } from './authorization-request.ts';
import * as grants from './grants.ts';
import { OAuthFault } from './oauth-fault.ts';
import type { Code, World } from './world.ts';

/**
 * The token endpoint: `authorization_code` and `refresh_token`.
 * https://developers.google.com/identity/protocols/oauth2/web-server#exchange-authorization-code (checked 2026-11-23;
 * success [O], error descriptions [U] except "Token has been expired or revoked." [C])
 */
export function addTokenEndpoint(app: Hono, world: World): void {
  app.post('/token', async (context) => {
    const form = await readForm(context.req.raw);
    const grantType = form.get('grant_type');
    if (grantType === null || grantType === '') throw missing('grant_type');
    if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
      throw new OAuthFault(400, 'unsupported_grant_type', `Invalid grant_type: ${grantType}`);
    }
    checkClient(form, context.req.header('authorization'), world);
    const tokens = grantType === 'authorization_code' ? exchangeCode(form, world) : refresh(form, world);
    return context.json(tokens, 200, { 'cache-control': 'no-cache, no-store, max-age=0, must-revalidate' });
  });
}

function missing(name: string): OAuthFault {
  return new OAuthFault(400, 'invalid_request', `Missing required parameter: ${name}`);
}

async function readForm(request: Request): Promise<URLSearchParams> {
  if (!(request.headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded')) {
    throw new OAuthFault(400, 'invalid_request', 'The request must be form-encoded.');
  }
  const form = new URLSearchParams(await request.text());
  const repeated = [...form.keys()].find((name) => form.getAll(name).length > 1);
  if (repeated !== undefined) throw new OAuthFault(400, 'invalid_request', `Duplicate parameter: ${repeated}`);
  return form;
}

function checkClient(form: URLSearchParams, authorization: string | undefined, world: World): void {
  const [basicId, basicSecret] = readBasic(authorization);
  const clientId = form.get('client_id') ?? basicId;
  const clientSecret = form.get('client_secret') ?? basicSecret;
  if (clientId === null) throw new OAuthFault(400, 'invalid_request', 'Could not determine client ID from request.');
  if (clientId !== world.kept.clientId) throw new OAuthFault(401, 'invalid_client', 'The OAuth client was not found.');
  if (world.settings().clientDeleted) throw new OAuthFault(401, 'deleted_client', 'The OAuth client was deleted.');
  if (clientSecret === null) throw new OAuthFault(400, 'invalid_request', 'client_secret is missing.');
  if (!sameSecret(clientSecret, world.kept.clientSecret)) throw new OAuthFault(401, 'invalid_client', 'Unauthorized');
}

function readBasic(authorization: string | undefined): readonly [string | null, string | null] {
  const [, encoded] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return [null, null];
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(':', 2);
  return [decodeURIComponent(id), decodeURIComponent(secret)];
}

function exchangeCode(form: URLSearchParams, world: World): unknown {
  const value = form.get('code');
  const redirectUri = form.get('redirect_uri');
  if (value === null) throw missing('code');
  if (redirectUri === null) throw missing('redirect_uri');
  if (!value.startsWith('4/')) throw new OAuthFault(400, 'invalid_grant', 'Malformed auth code.');
  const code = grants.findCode(world, value);
  if (code === undefined) throw new OAuthFault(400, 'invalid_grant', 'Bad Request');
  if (redirectUri !== code.redirectUri || !acceptsRedirect(redirectUri, world)) {
    throw new OAuthFault(400, 'redirect_uri_mismatch', 'Bad Request');
  }
  if (!provesPossession(code, form.get('code_verifier'))) throw new OAuthFault(400, 'invalid_grant', 'Bad Request');
  grants.spendCode(world, value);
  const { account, scopes, isOffline } = code;
  const access = grants.issueAccessToken(world, { account, scopes, offline: isOffline });
  const refreshToken = code.givesRefreshToken ? grants.issueRefreshToken(world, { account, scopes }) : undefined;
  return {
    access_token: access.value,
    expires_in: access.lifetimeSeconds,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken, ...timeLimit(refreshToken, world) }),
    scope: scopes.join(' '),
    token_type: 'Bearer',
  };
}

/** A verifier for a code that was asked for without a challenge is refused too: it hints at a swapped code. */
function provesPossession({ challenge, challengeMethod }: Code, verifier: string | null): boolean {
  if (challenge === null || verifier === null) return challenge === null && verifier === null;
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  return sameSecret(challengeMethod === 'S256' ? fingerprint(verifier) : verifier, challenge);
}

function refresh(form: URLSearchParams, world: World): unknown {
  const value = form.get('refresh_token');
  if (value === null || value === '') throw missing('refresh_token');
  const token = grants.findRefreshToken(world, value);
  if (token === undefined) throw new OAuthFault(400, 'invalid_grant', 'Token has been expired or revoked.');
  const narrowed = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  if (narrowed.some((scope) => !token.scopes.includes(scope))) {
    throw new OAuthFault(400, 'invalid_scope', 'Some requested scopes were not granted.');
  }
  const scopes = narrowed.length > 0 ? narrowed : token.scopes;
  token.lastUsedAtMs = world.nowMs();
  const access = grants.issueAccessToken(world, { account: token.account, scopes, offline: true });
  return {
    access_token: access.value,
    expires_in: access.lifetimeSeconds,
    ...timeLimit(value, world),
    scope: scopes.join(' '),
    token_type: 'Bearer',
  };
}

function timeLimit(refreshToken: string, world: World): { refresh_token_expires_in?: number } {
  const token = grants.findRefreshToken(world, refreshToken);
  const seconds = token === undefined ? null : grants.secondsLeft(world, token);
  return seconds === null ? {} : { refresh_token_expires_in: seconds };
}
