import { appsPage, nothingToDo, reconnect, type DiagnosisRow } from './diagnosis-row.ts';

const reportBug = 'Update the connector; if it is the newest, report this as a bug.';

/**
 * Answers of /v2/oauth/: flat, with a status that is not documented; it is 200 as well (2026-11-23) [O for the words, C
 * for the status, U for the last two words].
 * https://developers.tiktok.com/doc/oauth-error-handling
 */
export const oauthRows: readonly DiagnosisRow[] = [
  {
    source: 'oauth',
    status: 200,
    code: 'invalid_grant',
    kind: 'needs_consent',
    cause:
      'TikTok no longer accepts the refresh token or the code: the permission was removed, it was used before, or its time is over.',
    remedy: reconnect,
  },
  {
    source: 'oauth',
    status: 200,
    code: 'access_denied',
    kind: 'needs_consent',
    cause: 'The person did not give the permission.',
    remedy: reconnect,
  },
  {
    source: 'oauth',
    status: 200,
    code: 'invalid_client',
    kind: 'app_rejected',
    cause: 'TikTok does not accept this client key with this client secret.',
    remedy:
      'Copy both again from the same tab of the app: sandbox and production have a pair each. Give them at the step "sandbox-client" or "production-client".',
    link: appsPage,
  },
  {
    source: 'oauth',
    status: 200,
    code: 'unauthorized_client',
    kind: 'app_rejected',
    cause: 'TikTok does not let this client sign people in: Login Kit is missing, or the app is not approved.',
    remedy: 'Look at the state of the app and its products in the portal.',
    link: appsPage,
  },
  {
    source: 'oauth',
    status: 200,
    code: 'invalid_scope',
    kind: 'app_rejected',
    cause: 'The app asks for a scope that it has not been given.',
    remedy: 'Add the scope under Scopes and press Apply changes, or hand the app in for review with it.',
    link: appsPage,
  },
  {
    source: 'oauth',
    status: 200,
    code: 'invalid_request',
    // Also the answer to a code whose verifier does not match: a verdict on the request, never on the grant.
    kind: 'transient',
    cause:
      'TikTok did not accept the request: a parameter is missing or wrong, such as the redirect URI or the verifier.',
    remedy:
      'Check that the redirect URI of Login Kit equals the connector\'s to the letter, and that "client_platform" is what the app registered as.',
    link: appsPage,
  },
  {
    source: 'oauth',
    status: 200,
    code: 'unsupported_grant_type',
    kind: 'app_rejected',
    cause: 'TikTok did not understand the token request of the connector.',
    remedy: reportBug,
  },
  {
    source: 'oauth',
    status: 200,
    code: 'unsupported_response_type',
    kind: 'app_rejected',
    cause: 'TikTok did not understand the consent link of the connector.',
    remedy: reportBug,
  },
  {
    source: 'oauth',
    status: 500,
    code: 'server_error',
    kind: 'transient',
    cause: 'TikTok has trouble of its own.',
    remedy: nothingToDo,
  },
  {
    source: 'oauth',
    status: 503,
    code: 'temporarily_unavailable',
    kind: 'transient',
    cause: 'TikTok is busy or under maintenance.',
    remedy: nothingToDo,
  },
];
