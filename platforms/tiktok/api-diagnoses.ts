import { appsPage, dayMs, minuteMs, nothingToDo, reconnect, type DiagnosisRow } from './diagnosis-row.ts';

const ofTheRequest = 'Correct the call that was sent; the connection is sound.';
const rules = 'https://developers.tiktok.com/doc/content-sharing-guidelines';

/**
 * `error.code` of the API's envelope, which is `ok` on success; caps may come with 200 (2026-11-23) [O for 400, 401, 429
 * and 500; C for 403; U for app_version_check_failed]. Faults of one call are transient: they say nothing of the grant.
 * https://developers.tiktok.com/doc/tiktok-api-v2-error-handling
 */
const callRows: readonly DiagnosisRow[] = [
  {
    source: 'api',
    status: 401,
    code: 'access_token_invalid',
    kind: 'transient',
    cause: 'TikTok does not accept the access token: it is expired or revoked.',
    remedy: `Nothing to do: a refresh brings a new one, or tells why it cannot. If it stays so: ${reconnect}`,
  },
  {
    source: 'api',
    status: 401,
    code: 'scope_not_authorized',
    kind: 'needs_consent',
    cause: 'The person did not grant the scope that this call needs.',
    remedy: `${reconnect} Leave every permission switched on.`,
  },
  {
    source: 'api',
    status: 403,
    code: 'scope_permission_missed',
    kind: 'app_rejected',
    cause: 'The app lacks an extra permission that this call needs.',
    remedy: 'Add the product or the scope to the app and hand it in for review.',
    link: appsPage,
  },
  {
    source: 'api',
    status: 400,
    code: 'invalid_params',
    kind: 'transient',
    cause: 'TikTok did not accept a parameter of the call.',
    remedy: ofTheRequest,
  },
  {
    source: 'api',
    status: 400,
    code: 'invalid_param',
    kind: 'transient',
    cause: 'TikTok did not accept a parameter of the call.',
    remedy: ofTheRequest,
  },
  {
    source: 'api',
    status: 400,
    code: 'invalid_file_upload',
    kind: 'transient',
    cause: 'TikTok did not accept the file: its format, its size or its chunks.',
    remedy: 'Send an MP4 in chunks of 5 to 64 MB; the connection is sound.',
  },
  {
    source: 'api',
    status: 429,
    code: 'rate_limit_exceeded',
    kind: 'rate_limited',
    cause: 'Too many calls in a minute with this token.',
    remedy: 'Wait for a minute.',
    limitMs: minuteMs,
  },
  {
    source: 'api',
    status: 500,
    code: 'internal_error',
    kind: 'transient',
    cause: 'TikTok has trouble of its own.',
    remedy: nothingToDo,
  },
  {
    source: 'api',
    status: 400,
    code: 'app_version_check_failed',
    kind: 'transient',
    cause: 'The TikTok app of this account is too old for posts by API.',
    remedy: 'Update the TikTok app on the phone, open it once, and try again.',
  },
];

const postRows: readonly DiagnosisRow[] = [
  {
    source: 'api',
    status: 403,
    code: 'spam_risk_too_many_posts',
    kind: 'rate_limited',
    cause: 'The account has made as many posts by API as TikTok allows it in 24 hours.',
    remedy: 'Post by hand in the TikTok app, or wait until the oldest of them is a day old.',
    limitMs: dayMs,
  },
  {
    source: 'api',
    status: 403,
    code: 'spam_risk_user_banned_from_posting',
    kind: 'rate_limited',
    cause: 'TikTok has banned the account from posting for now.',
    remedy: 'Open the TikTok app as this account and read the notice in its inbox; an appeal starts there.',
    limitMs: dayMs,
  },
  {
    source: 'api',
    status: 403,
    code: 'spam_risk_too_many_pending_share',
    kind: 'rate_limited',
    cause: 'Five drafts of the last 24 hours are still unposted in the inbox of the TikTok app.',
    remedy: 'Post or discard the drafts in the TikTok app.',
    limitMs: dayMs,
  },
  {
    source: 'api',
    status: 403,
    code: 'reached_active_user_cap',
    kind: 'rate_limited',
    cause: 'As many accounts as the app may serve have posted in the last 24 hours; an unaudited app may serve five.',
    remedy: 'Wait until one of them has not posted for a day, or apply for the audit.',
    link: appsPage,
    limitMs: dayMs,
  },
  {
    source: 'api',
    status: 403,
    code: 'unaudited_client_can_only_post_to_private_accounts',
    kind: 'app_rejected',
    cause: 'TikTok has not audited the app, and this account or this post is public.',
    remedy:
      'Make the account private in the TikTok app and post with SELF_ONLY, or apply for the audit at the step "posting-audit".',
    link: rules,
  },
  {
    source: 'api',
    status: 403,
    code: 'privacy_level_option_mismatch',
    kind: 'transient',
    cause: 'The account does not offer the visibility that the post asked for.',
    remedy: 'Query creator_info again and use one of its privacy_level_options; the connection is sound.',
  },
  {
    source: 'api',
    status: 403,
    code: 'url_ownership_unverified',
    kind: 'app_rejected',
    cause: 'The media stand at an address whose domain the app has not verified.',
    remedy: 'Verify the domain or the prefix under URL properties, or upload the file itself.',
    link: appsPage,
  },
];

/** All codes of the API, in one table. */
export const apiRows: readonly DiagnosisRow[] = [...callRows, ...postRows];
