import { sameSecret } from '../../simulator-secrets.ts';
import { clientCredentialsToken, unknownApp, type GraphRequest } from './call.ts';
import { badParameter, GraphFault, unreadableToken } from './graph-fault.ts';
import { findCode, findToken, issueUserToken, whyDead } from './tokens.ts';
import type { World } from './world.ts';

/**
 * `oauth/access_token`, by GET or POST: a code, the long-lived exchange, the app's own token.
 * https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow (checked 2026-11-23; success [O/C], texts
 * [C], subcodes [U])
 */
export function answerTokenRequest({ parameters }: GraphRequest, world: World): unknown {
  checkApp(parameters, world);
  switch (parameters.get('grant_type')) {
    case 'client_credentials':
      return { access_token: clientCredentialsToken(world), token_type: 'bearer' };
    case 'fb_exchange_token':
      return exchangeToken(parameters, world);
    case null:
    case 'authorization_code':
      return exchangeCode(parameters, world);
    default:
      throw badParameter('Invalid grant_type.');
  }
}

function checkApp(parameters: URLSearchParams, world: World): void {
  const { appId, appSecret } = world.kept;
  const clientId = parameters.get('client_id');
  if (clientId === null || clientId === '') throw badParameter('Missing client_id parameter.');
  if (clientId !== appId || world.settings().appDeleted) throw unknownApp();
  const secret = parameters.get('client_secret');
  if (secret === null || secret === '') throw badParameter('Missing client_secret parameter.');
  if (!sameSecret(secret, appSecret)) throw new GraphFault(1, 'Error validating client secret.');
}

function refusedCode(subcode: number | undefined, message: string): GraphFault {
  return new GraphFault(100, message, { challenge: 'invalid_code', ...(subcode !== undefined && { subcode }) });
}

function exchangeCode(parameters: URLSearchParams, world: World): unknown {
  const value = parameters.get('code');
  const redirectUri = parameters.get('redirect_uri');
  if (redirectUri === null) throw badParameter('Missing redirect_uri parameter.');
  if (value === null || value === '') throw badParameter('Missing authorization code');
  const code = findCode(world, value);
  if (code === undefined) throw refusedCode(undefined, 'Invalid verification code format.');
  if (code.spent) throw refusedCode(36009, 'This authorization code has been used.');
  if (code.isTooOld) throw refusedCode(36007, 'This authorization code has expired.');
  if (code.redirectUri !== redirectUri) {
    throw refusedCode(
      36008,
      'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
    );
  }
  code.spend();
  const { value: token, seconds } = issueUserToken(world, code.account, false);
  return { access_token: token, token_type: 'bearer', expires_in: seconds };
}

/** An expired token cannot be exchanged [O]; the short-lived one goes on beside the new one [C]. */
function exchangeToken(parameters: URLSearchParams, world: World): unknown {
  const value = parameters.get('fb_exchange_token');
  if (value === null || value === '') throw badParameter('Missing fb_exchange_token parameter.');
  const token = findToken(world, value);
  if (token?.type !== 'USER') throw unreadableToken();
  const fault = whyDead(world, token);
  if (fault !== null) throw fault;
  // Only another consent gives another 60 days: a long-lived token comes back with the end that it had. [U]
  const endMs = token.longLived ? token.expiresAtMs : null;
  const { value: longLived, seconds } = issueUserToken(world, token.account, true, endMs);
  const end = world.settings().omitExpiresIn ? {} : { expires_in: seconds };
  return { access_token: longLived, token_type: 'bearer', ...end };
}
