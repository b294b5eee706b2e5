import type { FailureKind } from '../../model/failure.ts';
import { reconnect, type DiagnosisRow } from './diagnosis-row.ts';
import { instagramRows } from './instagram-diagnosis-table.ts';
import { sessionRows } from './session-diagnosis-table.ts';

const appSettings = 'https://developers.facebook.com/apps';

// The subcodes are unverified, the texts were seen: either of them tells. (2026-11-23) [subcodes U, texts C]
const byEither = (row: DiagnosisRow, message: RegExp): readonly DiagnosisRow[] => {
  const { subcode, ...byMessage } = row;
  return [...(subcode === undefined ? [] : [row]), { ...byMessage, message }];
};

/** Answers of `oauth/access_token`. (2026-11-23) [texts of the last two U] */
const exchangeRows: readonly DiagnosisRow[] = [
  ...byEither(
    {
      code: 100,
      subcode: 36007,
      sample: 'This authorization code has expired.',
      kind: 'needs_consent',
      cause: 'The code of this consent is too old: it lives for about ten minutes.',
      remedy: 'Open the consent link again.',
    },
    /authorization code has expired/i,
  ),
  ...byEither(
    {
      code: 100,
      subcode: 36008,
      sample:
        'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
      kind: 'app_rejected',
      cause: 'Facebook was shown another redirect URI at the exchange than at the consent.',
      remedy: 'Do not change the address of the connector while somebody agrees. Open the consent link again.',
    },
    /redirect_uri is identical/i,
  ),
  ...byEither(
    {
      code: 100,
      subcode: 36009,
      sample: 'This authorization code has been used.',
      kind: 'needs_consent',
      cause: 'The code of this consent was used before: it is good for one exchange.',
      remedy: 'Open the consent link again.',
    },
    /authorization code has been used/i,
  ),
  {
    code: 1,
    message: /^Error validating client secret/,
    sample: 'Error validating client secret.',
    kind: 'app_rejected',
    cause: 'Facebook does not accept this app secret for this app ID.',
    remedy: 'Copy the secret again (App settings → Basic → Show) and give it at the step "app-credentials".',
    link: appSettings,
  },
  {
    code: 101,
    sample: 'Error validating application. Cannot get application info due to a system error.',
    kind: 'app_rejected',
    cause: 'Facebook knows no app with this app ID.',
    remedy: 'Copy the app ID again (App settings → Basic) and give it at the step "app-credentials".',
    link: appSettings,
  },
];

const permission = (code: DiagnosisRow['code'] & {}, sample: string): DiagnosisRow => ({
  code,
  sample,
  kind: 'needs_consent',
  cause: 'A permission is missing for this act, or it does not cover this Page.',
  remedy: `${reconnect} Leave every permission on, and the Page ticked.`,
});

/** Permissions and parameters. (2026-11-23) [10, 200, 283 and 100/33 C; range O; 100 U] */
const requestRows: readonly DiagnosisRow[] = [
  permission(
    10,
    "(#10) This endpoint requires the 'pages_read_engagement' permission or the 'Page Public Content Access' feature.",
  ),
  permission([200, 299], '(#283) Requires pages_read_engagement permission to manage the object'),
  {
    code: 100,
    subcode: 33,
    sample:
      "Unsupported get request. Object with ID '1' does not exist, cannot be loaded due to missing permissions, or does not support this operation.",
    // Not the grant's fault for sure: one deleted post is answered the same way.
    kind: 'transient',
    cause: 'Facebook has no such object, or this token may not see it.',
    remedy: 'Check the id, and that the Page of this connection owns it. If the Page itself is gone, connect another.',
  },
  {
    code: 100,
    message: /appsecret_proof/,
    sample: 'Invalid appsecret_proof provided in the API argument',
    kind: 'app_rejected',
    cause: 'The app secret of this connection is not the one of the app that the token belongs to.',
    remedy: 'Copy the secret again (App settings → Basic → Show) and give it at the step "app-credentials".',
    link: appSettings,
  },
  {
    code: 100,
    message: /did not match the Viewing App/,
    sample: '(#100) The App_id in the input_token did not match the Viewing App',
    kind: 'needs_consent',
    cause: 'The token belongs to another app.',
    remedy: 'Take a token of the app whose ID this connection has.',
  },
  {
    code: 100,
    sample: '(#100) Invalid parameter',
    kind: 'transient',
    cause: 'Facebook did not understand a parameter of the call; the connection is all right.',
    remedy: 'Correct the call. If the connector made it, update the connector or report this as a bug.',
  },
];

const limit = (code: number, sample: string, cause: string): DiagnosisRow => ({
  code,
  sample,
  kind: 'rate_limited',
  cause,
  remedy: 'Wait until the limit has room again and call less often; calls that are refused count too.',
});

/** Limits. https://developers.facebook.com/docs/graph-api/overview/rate-limiting (2026-11-23) [4, 17, 341, 368 O; rest U] */
const limitRows: readonly DiagnosisRow[] = [
  limit(4, '(#4) Application request limit reached', 'The app has made as many calls as it may for now.'),
  limit(17, '(#17) User request limit reached', 'As many calls as allowed for now were made for this person.'),
  limit(32, '(#32) Page request limit reached', 'As many calls as allowed for now were made for this Page.'),
  limit(613, '(#613) Calls to this api have exceeded the rate limit.', 'A limit of this very call is reached.'),
  limit(80001, '(#80001) There have been too many calls to this Page account.', 'The Page has used up its calls.'),
  limit(
    80002,
    '(#80002) There have been too many calls to this Instagram account.',
    'The Instagram account has used up its calls.',
  ),
  limit(341, '(#341) Feed action request limit reached', 'The app has posted as often as it may for now.'),
  limit(
    368,
    '(#368) The action attempted has been deemed abusive or is otherwise disallowed',
    'Facebook blocks this act for a time, because posts looked like spam or broke its rules.',
  ),
];

const passing = (code: number, sample: string): DiagnosisRow => ({
  code,
  sample,
  kind: 'transient',
  cause: 'Facebook has trouble of its own.',
  remedy: 'Nothing to do: the connector tries again by itself.',
});

const publishing = (
  subcode: number,
  kind: FailureKind,
  cause: string,
  remedy = 'Correct it and send it again; the connection is all right.',
): DiagnosisRow => ({ subcode, sample: 'The post was not published.', kind, cause, remedy });

/** A refused post. `transient` leaves the connection active. (2026-11-23) [506 O, others C] */
const postRows: readonly DiagnosisRow[] = [
  {
    code: 506,
    sample: '(#506) Duplicate status message',
    kind: 'transient',
    cause: 'The same text was posted just before.',
    remedy: 'Change the text; the connection is all right.',
  },
  publishing(
    1366046,
    'transient',
    'Facebook refused the photo: it is larger than 4 MB or of a kind that it does not take.',
  ),
  publishing(
    1390008,
    'rate_limited',
    'Facebook refused the post: posts came too fast.',
    'Wait some hours and post less often.',
  ),
  publishing(
    1404078,
    'needs_consent',
    'The Page asks for Page Publishing Authorization.',
    'Open the Page as the person who agreed and complete it (two-factor login and country).',
  ),
  publishing(
    4854002,
    'needs_consent',
    'Facebook wants the person to confirm their identity before posting.',
    'Log in at facebook.com with that account and follow what it asks.',
  ),
];

/**
 * Every answer of Meta that the connector understands. The first row that fits counts: what is narrower stands first.
 */
export const diagnosisTable: readonly DiagnosisRow[] = [
  ...instagramRows,
  ...postRows,
  ...exchangeRows,
  ...sessionRows,
  ...requestRows,
  ...limitRows,
  passing(1, 'An unknown error occurred'),
  passing(2, 'Service temporarily unavailable'),
];
