import type { Grant } from '../../model/credentials.ts';
import { splitScopes } from '../oauth.ts';
import type { Identity, TokenAnswer } from './api.ts';
import type { Method } from './credentials.ts';

/** The part of a connection that an exchange or a refresh gives; a field that X did not send keeps its value. */
export function tokenGrant(answer: TokenAnswer, now: Date): Grant {
  const expiresAt = new Date(now.getTime() + answer.expires_in * 1000).toISOString();
  const { access_token, refresh_token, scope } = answer;
  return {
    credentials: {
      access_token,
      token_expiry: expiresAt,
      ...(refresh_token === undefined ? {} : { refresh_token }),
    },
    expiresAt,
    scopes: splitScopes(scope, ' '),
  };
}

/**
 * What it means that X told whose tokens these are. Signed tokens never expire, and their access level stands for scopes;
 * a level that X does not state changes nothing.
 */
export function identityGrant({ id, username, accessLevel }: Identity, method: Method): Grant {
  const account = { credentials: { user_id: id, username }, account: { id, name: `@${username}` } };
  if (method === 'oauth2') return account;
  const endless = { ...account, expiresAt: null, refreshExpiresAt: null };
  if (accessLevel === null) return endless;
  return { ...endless, scopes: [accessLevel], mode: accessLevel === 'read' ? readOnly : live };
}

const live = { mode: 'live', reason: null } as const;

const readOnly = {
  mode: 'restricted',
  reason:
    'The access token may only read. Set Read and write in the console, regenerate the access token, and reconnect.',
} as const;
