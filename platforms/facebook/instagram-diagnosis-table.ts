import { reconnect, type DiagnosisRow } from './diagnosis-row.ts';

// A refused picture or film says nothing about the connection: `transient` leaves it active.
const content = (
  [
    [2207003, 'Instagram could not download the file in time.'],
    [2207004, 'The picture is larger than 8 MB.'],
    [2207005, 'The picture is of a format that Instagram does not take; JPEG always works.'],
    [2207006, 'Instagram has no such container or post.'],
    [2207008, 'The container has expired; it lives for 24 hours.'],
    [2207009, 'The aspect ratio is outside of what Instagram takes (4:5 to 1.91:1).'],
    [2207010, 'The caption is too long.'],
    [2207020, 'The container or its file has expired; it lives for 24 hours.'],
    [2207026, 'The video is of a format that Instagram does not take.'],
    [2207027, 'The container is not ready to be published yet.'],
    [2207032, 'Instagram could not create the container.'],
    [2207052, 'Instagram could not fetch the file: its address must be public.'],
    [2207053, 'The upload failed.'],
    [2207077, 'The upload of the video failed.'],
    [2207082, 'The upload of the video failed.'],
  ] as const
).map(([subcode, cause]): DiagnosisRow => ({
  subcode,
  sample: 'The media could not be published.',
  kind: 'transient',
  cause,
  remedy: 'Correct the post and create its container again; the connection is all right.',
  link: 'https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes',
}));

/**
 * What Instagram adds.
 * https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes (2026-11-23) [C]
 */
export const instagramRows: readonly DiagnosisRow[] = [
  ...content,
  {
    code: 9,
    subcode: 2207042,
    sample: 'Application request limit reached',
    kind: 'rate_limited',
    cause: 'The Instagram account has published as many posts as it may in 24 hours.',
    remedy: 'Wait until the oldest of them is 24 hours old; `connector quota` shows how many are left.',
  },
  {
    subcode: 2207050,
    sample: 'The Instagram account is restricted.',
    kind: 'needs_consent',
    cause: 'Instagram has restricted the account.',
    remedy: 'Open the Instagram app with that account and follow what it asks.',
    link: 'https://www.instagram.com/',
  },
  {
    subcode: 2207051,
    sample: 'We restrict certain activity to protect our community.',
    kind: 'rate_limited',
    cause: 'Instagram took the post for spam and blocks this act for a time.',
    remedy: 'Wait some hours, change the post, and post less often.',
  },
  {
    message: /user is not an Instagram Business/i,
    sample: 'The user is not an Instagram Business',
    kind: 'needs_consent',
    cause: 'The Instagram account is no professional account any more, or is not linked to the Page.',
    remedy: `Make it professional in the Instagram app and link it to the Page. Then: ${reconnect}`,
  },
  {
    message: /REVOKED_ACCESS_TOKEN/,
    sample: 'REVOKED_ACCESS_TOKEN',
    kind: 'needs_consent',
    cause: 'The permission for the Instagram account was taken back.',
    remedy: reconnect,
  },
  {
    message: /^(?!Error validating access token).*session has been invalidated/i,
    sample: 'Your session has been invalidated.',
    kind: 'needs_consent',
    cause: 'Instagram ended the session of the token.',
    remedy: reconnect,
  },
];
