import { consolePages } from './console-pages.ts';
import type { DiagnosisRow } from './diagnosis-row.ts';

const problems = 'https://api.twitter.com/2/problems';

/** What only the operator of the app can mend, in the console. (2026-11-23) [C unless marked] */
export const appRows: readonly DiagnosisRow[] = [
  {
    status: 403,
    when: { reason: 'client-not-enrolled' },
    kind: 'app_rejected',
    code: 'client-not-enrolled',
    cause: 'The app has no access to the API: its developer account is not enrolled in a plan.',
    remedy: 'Sign in to the console, accept the agreement, choose pay-per-use, and check that the app is listed there.',
    link: consolePages.home,
    example: {
      client_id: '12345678',
      detail:
        'When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a Twitter developer App that is attached to a Project. You can create a project via the developer portal.',
      registration_url: 'https://developer.twitter.com/en/docs/projects/overview',
      title: 'Client Forbidden',
      required_enrollment: 'Appropriate Level of API Access',
      reason: 'client-not-enrolled',
      type: `${problems}/client-forbidden`,
    },
  },
  {
    status: 403,
    when: { problem: 'oauth1-permissions' },
    kind: 'app_rejected',
    code: 'oauth1-permissions',
    cause: 'The access token may only read: it was made before the permission of the app was changed.',
    remedy:
      'Set Read and write under User authentication settings, then regenerate the access token and give both parts at the step "access-token".',
    link: consolePages.apps,
    example: {
      title: 'Forbidden',
      detail: 'Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.',
      type: `${problems}/oauth1-permissions`,
      status: 403,
    },
  },
  {
    status: 403,
    when: { problem: 'unsupported-authentication' },
    kind: 'app_rejected',
    code: 'unsupported-authentication',
    cause: 'The token of the app alone was used for a call that needs the account: the two tokens may be mixed up.',
    remedy: 'Give the access token of the account, not the bearer token, at the step "access-token".',
    link: consolePages.apps,
    example: {
      title: 'Unsupported Authentication',
      detail:
        'Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].',
      type: `${problems}/unsupported-authentication`,
      status: 403,
    },
  },
  {
    status: 403,
    when: { error: 453 },
    kind: 'app_rejected',
    code: '453',
    cause: 'The plan of the developer account does not include this endpoint.',
    remedy: 'Use the endpoints of version 2, or move the account to pay-per-use in the console.',
    link: consolePages.billing,
    example: {
      errors: [
        {
          code: 453,
          message:
            'You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, oauth) only.',
        },
      ],
    },
  },
  // Body [O], status 403 [U]: hence not compared.
  {
    status: 403,
    when: { error: 415, anyStatus: true },
    kind: 'app_rejected',
    code: '415',
    cause: "The callback of this connector is not among the app's callback URLs.",
    remedy: 'Add it under User authentication settings to the letter, with 127.0.0.1 and with localhost.',
    link: consolePages.apps,
    example: { errors: [{ code: 415, message: 'Callback URL not approved for this client application.' }] },
  },
  {
    status: 401,
    when: { error: 32 },
    kind: 'app_rejected',
    code: '32',
    cause: 'The keys and the token do not fit together: one of them was regenerated or copied wrong.',
    remedy: 'Copy or regenerate all of them in the console, and give them at the steps "api-keys" and "access-token".',
    link: consolePages.apps,
    example: { errors: [{ code: 32, message: 'Could not authenticate you.' }] },
  },
  {
    status: 401,
    when: { error: 215, anyStatus: true },
    kind: 'app_rejected',
    code: '215',
    cause: 'X found no usable signature or token in the call.',
    remedy: 'Check the stored keys for blanks and line breaks, and give them again at the steps that show them.',
    link: consolePages.apps,
    example: { errors: [{ code: 215, message: 'Bad Authentication data.' }] },
  },
  {
    status: 400,
    when: { problem: 'invalid-request' },
    kind: 'transient',
    code: 'invalid-request',
    cause: 'X found a parameter of this call wrong; the token is fine.',
    remedy: 'Check what was sent. If the connector itself made the call, update it or report this as a bug.',
    example: {
      errors: [{ parameters: { 'user.fields': ['x'] }, message: 'The `user.fields` query parameter value is wrong.' }],
      title: 'Invalid Request',
      detail: 'One or more parameters to your request was invalid.',
      type: `${problems}/invalid-request`,
    },
  },
];
