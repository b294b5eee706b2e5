import type { FailureKind } from '../../model/failure.ts';

/** One answer of Google that means something, and what it means for a connection. */
export interface DiagnosisRow {
  /** `oauth`: token, revocation and tokeninfo endpoints · `api`: YouTube Data API. */
  readonly source: 'oauth' | 'api';
  /** The documented HTTP status; only where one code means two things is it compared. */
  readonly status: number;
  /** OAuth: `error`; API: `reason` of an error or of a detail. */
  readonly code: string;
  /** Narrows the row; rows that do stand before those that do not. */
  readonly only?: {
    readonly subtype?: string;
    readonly description?: string;
    readonly quotaPer?: 'minute';
    readonly status?: number;
  };
  readonly kind: FailureKind;
  readonly cause: string;
  readonly remedy: string;
  readonly link?: string;
  /** When a limit ends. */
  readonly until?: 'pacific-midnight' | 'next-minute';
}

const clients = 'https://console.cloud.google.com/auth/clients';
const quotas = 'https://console.cloud.google.com/iam-admin/quotas';
const reconnect = 'Run `connector reconnect youtube` and agree again.';

/**
 * Answers of https://oauth2.googleapis.com: token, revoke, tokeninfo.
 * https://developers.google.com/identity/protocols/oauth2/web-server (2026-11-23) [C for invalid_grant, others U]
 */
const oauthRows: readonly DiagnosisRow[] = [
  {
    source: 'oauth',
    status: 400,
    code: 'invalid_grant',
    only: { subtype: 'invalid_rapt' },
    kind: 'needs_consent',
    cause: 'The session policy of your Google Workspace ended the permission.',
    remedy: `${reconnect} If it happens every few hours, ask the Workspace administrator to exempt the app from reauthentication.`,
    link: 'https://admin.google.com/ac/security/reauth',
  },
  {
    source: 'oauth',
    status: 400,
    code: 'invalid_grant',
    only: { description: 'Token has been expired or revoked.' },
    kind: 'needs_consent',
    cause:
      'Google no longer accepts the refresh token: the permission was removed, the app is in Testing and 7 days are over, the token was not used for six months, or more than 100 newer ones pushed it out.',
    remedy: `${reconnect} If the app is in Testing, publish it first: tokens then last.`,
    link: 'https://console.cloud.google.com/auth/audience',
  },
  {
    source: 'oauth',
    status: 400,
    code: 'invalid_grant',
    kind: 'needs_consent',
    cause:
      'Google refused the code or the refresh token: it was used before, is too old, or belongs to another consent.',
    remedy: reconnect,
  },
  {
    source: 'oauth',
    status: 400,
    code: 'redirect_uri_mismatch',
    kind: 'app_rejected',
    cause: "The callback of this connector is not among the OAuth client's authorized redirect URIs.",
    remedy: 'Add it to the client to the letter: scheme, host, port and path. Changes take up to a few minutes.',
    link: clients,
  },
  {
    source: 'oauth',
    status: 401,
    code: 'invalid_client',
    only: { description: 'The OAuth client was not found.' },
    kind: 'app_rejected',
    cause: 'Google knows no OAuth client with this client ID.',
    remedy: 'Copy the client ID again, or create a new client, and give it at the step "client".',
    link: clients,
  },
  {
    source: 'oauth',
    status: 401,
    code: 'invalid_client',
    kind: 'app_rejected',
    cause: 'Google does not accept this client ID with this client secret.',
    remedy: 'Add a new secret to the client in the console and give both at the step "client".',
    link: clients,
  },
  {
    source: 'oauth',
    status: 401,
    code: 'deleted_client',
    kind: 'app_rejected',
    cause: 'The OAuth client was deleted. Google also deletes clients that nobody used for six months.',
    remedy: 'Restore it within 30 days or create a new one, give it at the step "client", and agree again.',
    link: clients,
  },
  {
    source: 'oauth',
    status: 401,
    code: 'unauthorized_client',
    kind: 'app_rejected',
    cause: 'The OAuth client may not use this way of signing in: it has another type.',
    remedy: 'Create a client of the type "Web application" and give it at the step "client".',
    link: clients,
  },
  {
    source: 'oauth',
    status: 400,
    code: 'unsupported_grant_type',
    kind: 'app_rejected',
    cause: 'Google did not understand the token request of the connector.',
    remedy: 'Update the connector; if it is the newest, report this as a bug.',
  },
  {
    source: 'oauth',
    status: 400,
    code: 'invalid_request',
    kind: 'app_rejected',
    cause: 'Google found the token request of the connector malformed.',
    remedy: 'Check the stored client for blanks and line breaks, then update the connector or report this as a bug.',
  },
  {
    source: 'oauth',
    status: 400,
    code: 'invalid_token',
    kind: 'transient',
    cause: 'The token is expired or revoked.',
    remedy: 'Nothing to do: a refresh brings a new one, or tells why it cannot.',
  },
];

/**
 * Answers of the YouTube Data API.
 * https://developers.google.com/youtube/v3/docs/errors (2026-11-23) [quotas C, others as marked]
 */
const apiRows: readonly DiagnosisRow[] = [
  {
    source: 'api',
    status: 401,
    code: 'authError',
    kind: 'transient',
    cause: 'YouTube does not accept the access token: it is expired or revoked.',
    remedy: 'Nothing to do: a refresh brings a new one, or tells why it cannot.',
  },
  {
    source: 'api',
    status: 401,
    code: 'youtubeSignupRequired',
    kind: 'needs_consent',
    cause: 'The Google account has no YouTube channel.',
    remedy: `Create a channel with that account, or choose another account. ${reconnect}`,
    link: 'https://support.google.com/youtube/answer/1646861',
  },
  {
    source: 'api',
    status: 403,
    code: 'quotaExceeded',
    kind: 'rate_limited',
    cause: 'The project has spent its daily units of the YouTube Data API.',
    remedy: 'Wait until midnight Pacific time, or ask Google for a higher quota.',
    link: quotas,
    until: 'pacific-midnight',
  },
  {
    source: 'api',
    status: 429,
    code: 'rateLimitExceeded',
    // [I] from the wording of the documented message, which names the limit that was hit.
    only: { quotaPer: 'minute' },
    kind: 'rate_limited',
    cause: 'The project calls the YouTube Data API more often than its limit a minute allows.',
    remedy: 'Wait a minute and call less often.',
    link: quotas,
    until: 'next-minute',
  },
  {
    source: 'api',
    status: 429,
    code: 'rateLimitExceeded',
    // With 403 Google uses the same word for a short burst: that one is left to the general rule.
    only: { status: 429 },
    kind: 'rate_limited',
    cause: 'The project has spent a daily bucket of the YouTube Data API, such as its 100 uploads a day.',
    remedy: 'Wait until midnight Pacific time, or ask Google for a higher quota. Trying sooner does not help.',
    link: quotas,
    until: 'pacific-midnight',
  },
  {
    source: 'api',
    status: 400,
    code: 'uploadLimitExceeded',
    kind: 'rate_limited',
    cause: 'The channel has reached the number of videos that YouTube lets it upload in a day.',
    remedy: 'Try again tomorrow; verifying the channel by phone raises the limit.',
    link: 'https://www.youtube.com/verify',
  },
  ...['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'].map((code): DiagnosisRow => ({
    source: 'api',
    status: 403,
    code,
    kind: 'needs_consent',
    cause: 'The permission that was given does not cover this act.',
    remedy: `${reconnect} Tick every box on Google's screen.`,
  })),
  ...['accessNotConfigured', 'SERVICE_DISABLED'].map((code): DiagnosisRow => ({
    source: 'api',
    status: 403,
    code,
    kind: 'app_rejected',
    cause: 'The YouTube Data API v3 is not enabled in the project of this OAuth client.',
    remedy: 'Enable it in that very project and wait a few minutes.',
    link: 'https://console.cloud.google.com/apis/library/youtube.googleapis.com',
  })),
  {
    source: 'api',
    status: 403,
    code: 'forbidden',
    // Not the grant's fault for sure: YouTube also says so about a single video of somebody else.
    kind: 'transient',
    cause: 'YouTube does not let this account do that.',
    remedy: 'Check that the video or the setting belongs to the connected channel, and the state of the account.',
    link: 'https://studio.youtube.com',
  },
  ...['channelSuspended', 'channelClosed'].map((code): DiagnosisRow => ({
    source: 'api',
    status: 403,
    code,
    kind: 'needs_consent',
    cause: `YouTube has ${code === 'channelClosed' ? 'closed' : 'suspended'} the channel.`,
    remedy: `Sign in to YouTube and follow what it says, or choose another channel. ${reconnect}`,
    link: 'https://studio.youtube.com',
  })),
];

// A refused video says nothing about the connection: `transient` leaves it active. [C]
const contentRows = (
  [
    ['invalidTitle', 'The title is missing, too long, or holds < or >.'],
    ['invalidDescription', 'The description is too long or holds < or >.'],
    ['invalidTags', 'The tags are too long together or hold characters that YouTube refuses.'],
    ['invalidCategoryId', 'There is no such category in the region of the channel.'],
    ['invalidPublishAt', 'The time to publish lies in the past or the video is not private.'],
    ['mediaBodyRequired', 'The request holds no video.'],
    ['invalidFilename', 'The file name in the Slug header is not usable.'],
    ['defaultLanguageNotSet', 'There are localized texts, but no default language.'],
  ] as const
).map(([code, cause]): DiagnosisRow => ({
  source: 'api',
  status: 400,
  code,
  kind: 'transient',
  cause: `YouTube refused the video: ${cause}`,
  remedy: 'Correct it and send it again; the connection is all right.',
  link: 'https://developers.google.com/youtube/v3/docs/videos/insert',
}));

/** Every answer of Google that the connector understands. */
export const diagnosisTable: readonly DiagnosisRow[] = [...oauthRows, ...apiRows, ...contentRows];
