import { findClient, type Stage, type World } from './world.ts';

/** What an app asks for on the consent page, once TikTok would show it. */
export interface AuthorizationRequest {
  readonly stage: Stage;
  readonly redirectUri: string;
  readonly state: string | null;
  readonly scopes: readonly string[];
  readonly challenge: string | null;
}

/** What TikTok shows on a page of its own instead: the app never hears of it. */
export class AuthorizationFault extends Error {
  readonly code: string;

  constructor(code: string, explanation: string) {
    super(explanation);
    this.name = 'AuthorizationFault';
    this.code = code;
  }
}

/** The scopes of Login Kit and the Content Posting API. https://developers.tiktok.com/doc/tiktok-api-scopes (2026-11-23) [O] */
const knownScopes = [
  'user.info.basic',
  'user.info.profile',
  'user.info.stats',
  'video.list',
  'video.upload',
  'video.publish',
];

/**
 * Reads the query of the authorize page. Throws AuthorizationFault for what TikTok shows on its own error page.
 * https://developers.tiktok.com/doc/login-kit-desktop (2026-11-23; parameters [O], the form of the page [U])
 */
export function readAuthorizationRequest(query: URLSearchParams, world: World): AuthorizationRequest {
  const stage = readClient(query.get('client_key'), world);
  const redirectUri = readRedirectUri(query.get('redirect_uri'), world);
  if (query.get('response_type') !== 'code') {
    throw new AuthorizationFault('unsupported_response_type', 'response_type must be code.');
  }
  return {
    stage,
    redirectUri,
    state: query.get('state'),
    scopes: readScopes(query.get('scope')),
    challenge: readChallenge(query, world),
  };
}

function readClient(clientKey: string | null, world: World): Stage {
  const client = clientKey === null ? undefined : findClient(world, clientKey);
  if (client === undefined) throw new AuthorizationFault('client_key', 'The parameter client_key is missing or wrong.');
  if (client.stage === 'production' && world.settings().review !== 'approved') {
    throw new AuthorizationFault('unauthorized_client', 'The app has not been approved for production.');
  }
  return client.stage;
}

/** Equal to the letter, except that a registered port may be `*` for Desktop. */
function readRedirectUri(redirectUri: string | null, world: World): string {
  const { redirectUris, clientPlatform } = world.settings();
  const isRegistered = redirectUris.some((registered) => {
    if (registered === redirectUri) return fitsPlatform(registered, clientPlatform);
    if (clientPlatform !== 'desktop' || redirectUri === null || !registered.includes(':*/')) return false;
    return redirectUri.replace(/:\d+\//, ':*/') === registered;
  });
  if (isRegistered && redirectUri !== null) return redirectUri;
  throw new AuthorizationFault('redirect_uri', 'The parameter redirect_uri differs from those registered.');
}

/** Web: https, no query, no fragment. Desktop: localhost or 127.0.0.1 with a port. */
function fitsPlatform(uri: string, clientPlatform: 'desktop' | 'web'): boolean {
  if (clientPlatform === 'web') return /^https:\/\/[^?#]+$/.test(uri);
  return /^https?:\/\/(localhost|127\.0\.0\.1):\d+\/[^?#]*$/.test(uri);
}

function readScopes(text: string | null): readonly string[] {
  const scopes = (text ?? '').split(',').filter((scope) => scope !== '');
  if (scopes.length === 0) throw new AuthorizationFault('scope', 'The parameter scope is missing.');
  const unknown = scopes.find((scope) => !knownScopes.includes(scope));
  if (unknown !== undefined) {
    throw new AuthorizationFault('invalid_scope', `The scope "${unknown}" is unknown; scopes are separated by commas.`);
  }
  return [...new Set(scopes)];
}

/** Any text passes here: only the exchange compares it with the verifier. Web apps are not asked for one. */
function readChallenge(query: URLSearchParams, world: World): string | null {
  const challenge = query.get('code_challenge');
  if (challenge === null) {
    if (world.settings().clientPlatform === 'web') return null;
    throw new AuthorizationFault('code_challenge', 'The parameter code_challenge is missing.');
  }
  if (query.get('code_challenge_method') !== 'S256') {
    throw new AuthorizationFault('code_challenge_method', 'The parameter code_challenge_method must be S256.');
  }
  return challenge;
}
