import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import { fingerprint, sameSecret } from '../../simulator-secrets.ts';
import * as grants from './grants.ts';
import { logId } from './log-id.ts';
import { findClient, type Code, type Stage, type World } from './world.ts';

/** A refusal of the OAuth endpoints: flat, with the status of the settings. */
class OAuthFault extends Error {
  readonly code: string;

  constructor(code: string, description: string) {
    super(description);
    this.name = 'OAuthFault';
    this.code = code;
  }
}

/**
 * Tokens and their revocation.
 * https://developers.tiktok.com/doc/oauth-user-access-token-management (2026-11-23; success [O], descriptions [C/U])
 */
export function addOAuthEndpoints(app: Hono, world: World): void {
  const answer = async (request: Request, act: (form: URLSearchParams, stage: Stage) => unknown): Promise<Response> => {
    try {
      const form = await readForm(request);
      return Response.json(act(form, checkClient(form, world)), { headers: { 'cache-control': 'no-store' } });
    } catch (error) {
      if (!(error instanceof OAuthFault)) throw error;
      const body = { error: error.code, error_description: error.message, log_id: logId(world) };
      return Response.json(body, { status: world.settings().oauthErrorStatus });
    }
  };
  app.post('/v2/oauth/token/', (context) => answer(context.req.raw, (form, stage) => issue(form, stage, world)));
  app.post('/v2/oauth/revoke/', (context) => answer(context.req.raw, (form, stage) => revoke(form, stage, world)));
}

async function readForm(request: Request): Promise<URLSearchParams> {
  if (!(request.headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded')) {
    throw new OAuthFault('invalid_request', 'Only `application/x-www-form-urlencoded` is supported as Content-Type.');
  }
  return new URLSearchParams(await request.text());
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null || value === '') {
    throw new OAuthFault('invalid_request', `The request parameters are malformed: ${name} is missing.`);
  }
  return value;
}

function checkClient(form: URLSearchParams, world: World): Stage {
  const client = findClient(world, required(form, 'client_key'));
  const secret = required(form, 'client_secret');
  if (client === undefined || !sameSecret(secret, client.clientSecret)) {
    throw new OAuthFault('invalid_client', 'Client key or secret is incorrect.');
  }
  return client.stage;
}

function issue(form: URLSearchParams, stage: Stage, world: World): unknown {
  switch (required(form, 'grant_type')) {
    case 'authorization_code':
      return exchange(form, stage, world);
    case 'refresh_token':
      return refresh(required(form, 'refresh_token'), stage, world);
    default:
      throw new OAuthFault('unsupported_grant_type', 'The grant type is not supported.');
  }
}

function exchange(form: URLSearchParams, stage: Stage, world: World): unknown {
  const redirectUri = required(form, 'redirect_uri');
  const code = grants.takeCode(world, required(form, 'code'));
  if (code?.stage !== stage) throw new OAuthFault('invalid_grant', 'Authorization code is expired.');
  if (redirectUri !== code.redirectUri) {
    throw new OAuthFault('invalid_request', 'Redirect_uri is not matched with the uri when requesting code.');
  }
  checkVerifier(code, form.get('code_verifier'), world);
  return grants.issueTokens(world, code);
}

/** Desktop wants the challenge in hexadecimal digits; base64url, as everybody else has it, ends here [C]. */
function checkVerifier({ challenge }: Code, verifier: string | null, world: World): void {
  if (challenge === null) return;
  const isWellFormed = verifier !== null && /^[A-Za-z0-9._~-]{43,128}$/.test(verifier);
  const isDesktop = world.settings().clientPlatform === 'desktop';
  const expected = isDesktop
    ? createHash('sha256')
        .update(verifier ?? '')
        .digest('hex')
    : fingerprint(verifier ?? '');
  if (!isWellFormed || !sameSecret(expected, challenge)) {
    throw new OAuthFault('invalid_request', 'Code verifier or code challenge is invalid.');
  }
}

/** Strict rotation: the token that was sent is dead from here on, and a replay is refused. */
function refresh(value: string, stage: Stage, world: World): unknown {
  const token = grants.findRefreshToken(world, value);
  if (token?.stage !== stage) throw new OAuthFault('invalid_grant', 'Refresh token is invalid or expired.');
  grants.spendRefreshToken(world, value);
  return grants.issueTokens(
    world,
    token,
    world.settings().refreshLifetime === 'inherited' ? token.expiresAtMs : undefined,
  );
}

function revoke(form: URLSearchParams, stage: Stage, world: World): unknown {
  const value = required(form, 'token');
  const token = grants.findAccessToken(world, value) ?? grants.findRefreshToken(world, value);
  if (token?.stage !== stage) throw new OAuthFault('invalid_request', 'The token is invalid or expired.');
  grants.removeAccess(world, token.account, stage);
  return {};
}
