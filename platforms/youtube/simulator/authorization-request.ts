import type { World } from './world.ts';

/** What an app asks for on the consent page, once Google would show it. */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly state: string | null;
  readonly scopes: readonly string[];
  readonly isOffline: boolean;
  readonly forcesConsent: boolean;
  readonly isSilent: boolean;
  readonly includesGranted: boolean;
  readonly challenge: string | null;
  readonly challengeMethod: 'S256' | 'plain';
  readonly loginHint: string | null;
}

/** What Google shows on a page of its own instead: the app never hears of it. */
export class AuthorizationFault extends Error {
  readonly code: string;
  readonly status: 400 | 401 | 403;

  constructor(status: 400 | 401 | 403, code: string, explanation: string) {
    super(explanation);
    this.name = 'AuthorizationFault';
    this.code = code;
    this.status = status;
  }
}

const scopePattern =
  /^(openid|email|profile|https:\/\/www\.googleapis\.com\/auth\/(youtube|yt-analytics|userinfo)[a-z.-]*)$/;
const challengePatterns = { S256: /^[A-Za-z0-9_-]{43}$/, plain: /^[A-Za-z0-9._~-]{43,128}$/ };

/**
 * Reads the query of the authorize page. Throws AuthorizationFault for what Google shows on its own error page.
 * https://developers.google.com/identity/protocols/oauth2/web-server#creatingclient (checked 2026-11-23; parameters
 * [O], statuses of the faults [U])
 */
export function readAuthorizationRequest(query: URLSearchParams, world: World): AuthorizationRequest {
  const repeated = [...query.keys()].find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) throw invalid(`OAuth 2 parameters can only have a single value: ${repeated}`);
  checkClient(query.get('client_id'), world);
  const redirectUri = query.get('redirect_uri');
  if (redirectUri === null) throw invalid('Missing required parameter: redirect_uri');
  if (!acceptsRedirect(redirectUri, world)) {
    throw new AuthorizationFault(
      400,
      'redirect_uri_mismatch',
      `The app sent an unregistered redirect URI: ${redirectUri}`,
    );
  }
  const responseType = query.get('response_type');
  if (responseType !== 'code') throw invalid(`Invalid response_type: ${responseType ?? 'none'}; this client uses code`);
  const prompts = (query.get('prompt') ?? '').split(' ');
  return {
    redirectUri,
    state: query.get('state'),
    scopes: readScopes(query.get('scope')),
    isOffline: readAccessType(query.get('access_type')),
    forcesConsent: prompts.includes('consent'),
    isSilent: prompts.includes('none'),
    includesGranted: query.get('include_granted_scopes') === 'true',
    ...readChallenge(query),
    loginHint: query.get('login_hint'),
  };
}

function invalid(explanation: string): AuthorizationFault {
  return new AuthorizationFault(400, 'invalid_request', explanation);
}

function checkClient(clientId: string | null, world: World): void {
  if (clientId === null) throw invalid('Missing required parameter: client_id');
  if (clientId !== world.kept.clientId) {
    throw new AuthorizationFault(401, 'invalid_client', 'The OAuth client was not found.');
  }
  if (world.settings().clientDeleted) {
    throw new AuthorizationFault(401, 'deleted_client', 'The OAuth client was deleted.');
  }
}

/**
 * A Web client's URI equals a registered one byte for byte; a Desktop client takes any port of the loopback over http.
 * https://developers.google.com/identity/protocols/oauth2/native-app#redirect-uri_loopback (checked 2026-11-23 [U])
 */
export function acceptsRedirect(redirectUri: string, world: World): boolean {
  const { clientType, redirectUris } = world.settings();
  if (clientType === 'web') return redirectUris.includes(redirectUri);
  return /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(\/|$)/.test(redirectUri);
}

function readScopes(text: string | null): readonly string[] {
  const scopes = (text ?? '').split(' ').filter((scope) => scope !== '');
  if (scopes.length === 0) throw invalid('Missing required parameter: scope');
  const unknown = scopes.filter((scope) => !scopePattern.test(scope));
  if (unknown.length > 0) {
    throw new AuthorizationFault(400, 'invalid_scope', `Some requested scopes were invalid: ${unknown.join(', ')}`);
  }
  return [...new Set(scopes)];
}

function readAccessType(value: string | null): boolean {
  if (value !== null && value !== 'online' && value !== 'offline') throw invalid(`Invalid access_type: ${value}`);
  return value === 'offline';
}

function readChallenge(query: URLSearchParams): Pick<AuthorizationRequest, 'challenge' | 'challengeMethod'> {
  const challenge = query.get('code_challenge');
  const method = query.get('code_challenge_method') ?? 'plain';
  if (method !== 'S256' && method !== 'plain') throw invalid(`Invalid code_challenge_method: ${method}`);
  if (challenge === null) {
    if (query.has('code_challenge_method')) throw invalid('code_challenge_method without code_challenge');
    return { challenge: null, challengeMethod: method };
  }
  if (!challengePatterns[method].test(challenge)) throw invalid(`Invalid code_challenge for the method ${method}`);
  return { challenge, challengeMethod: method };
}
