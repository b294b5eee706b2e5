import { consolePages } from './console-pages.ts';
import type { DiagnosisRow } from './diagnosis-row.ts';

const reconnect = 'Run `connector reconnect twitter` and agree again.';

/**
 * Answers of the token endpoints. X says `invalid_request` where RFC 6749 says `invalid_grant`; both mean that the person
 * must agree again. (2026-11-23) [C for names, U for the exact statuses]
 */
export const oauthRows: readonly DiagnosisRow[] = [
  {
    status: 400,
    when: { oauth: 'invalid_request', says: 'authorization code' },
    kind: 'needs_consent',
    code: 'invalid_code',
    cause: 'X did not accept the code of this consent: it was used before, or is older than 30 seconds.',
    remedy: 'Open the consent link again and agree once more.',
    example: {
      error: 'invalid_request',
      error_description: 'Value passed for the authorization code was invalid.',
    },
  },
  {
    status: 400,
    when: { oauth: 'invalid_request', says: 'client' },
    kind: 'app_rejected',
    code: 'invalid_client',
    cause: 'X knows no OAuth 2.0 client with this client ID.',
    remedy: 'Copy client ID and secret again from the app in the console, and give them at the step "client".',
    link: consolePages.apps,
    example: { error: 'invalid_request', error_description: 'Value passed for the client id was invalid.' },
  },
  {
    status: 400,
    when: { oauth: 'invalid_request', anyStatus: true },
    kind: 'needs_consent',
    code: 'invalid_request',
    cause:
      'X no longer accepts the refresh token: it was used before, the permission was removed, or it was unused for too long.',
    remedy: reconnect,
    link: consolePages.connectedApps,
    example: { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' },
  },
  {
    status: 400,
    when: { oauth: 'invalid_grant', anyStatus: true },
    kind: 'needs_consent',
    code: 'invalid_grant',
    cause: 'X no longer accepts the permission.',
    remedy: reconnect,
    example: { error: 'invalid_grant', error_description: 'The grant is no longer valid.' },
  },
  {
    status: 401,
    when: { oauth: 'unauthorized_client', anyStatus: true },
    kind: 'app_rejected',
    code: 'unauthorized_client',
    cause: 'X did not accept the OAuth 2.0 client: its secret is missing or wrong.',
    remedy:
      'A confidential client (Web App, Bot) needs its client secret; generate a new one and give it at the step "client".',
    link: consolePages.apps,
    example: { error: 'unauthorized_client', error_description: 'Missing valid authorization header' },
  },
  {
    status: 401,
    when: { oauth: 'invalid_client', anyStatus: true },
    kind: 'app_rejected',
    code: 'invalid_client',
    cause: 'X does not accept this client ID with this client secret.',
    remedy: 'Generate a new client secret in the console and give both at the step "client".',
    link: consolePages.apps,
    example: { error: 'invalid_client', error_description: 'Client authentication failed.' },
  },
  {
    status: 403,
    when: { error: 99 },
    kind: 'app_rejected',
    code: '99',
    cause: 'X does not accept this API key with this API secret, or was asked too often for the bearer token.',
    remedy: 'Wait a minute and try again; if it stays so, regenerate the API key and give both at the step "api-keys".',
    link: consolePages.apps,
    example: {
      errors: [{ code: 99, label: 'authenticity_token_error', message: 'Unable to verify your credentials' }],
    },
  },
];
