import { dayMs, nothingToDo, reconnect, type DiagnosisRow } from './diagnosis-row.ts';

const ofTheFile = 'Change the file and post it again; the connection is sound.';

function post(row: Omit<DiagnosisRow, 'source' | 'status'>): DiagnosisRow {
  return { source: 'post', status: 200, ...row };
}

/**
 * `fail_reason` of /v2/post/publish/status/fetch/: what became of a post that was taken (2026-11-23) [C].
 * https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status
 */
export const postRows: readonly DiagnosisRow[] = [
  post({
    code: 'spam_risk_text',
    kind: 'rate_limited',
    cause: 'TikTok took the text of the post for spam.',
    remedy: 'Write another title without links and repeated hashtags; the same one is refused for a day at least.',
    limitMs: dayMs,
  }),
  post({
    code: 'spam_risk',
    kind: 'rate_limited',
    cause: 'TikTok took the post for spam.',
    remedy: 'Open the TikTok app as this account, read the notice in its inbox, and post something else.',
    limitMs: dayMs,
  }),
  post({
    code: 'file_format_check_failed',
    kind: 'transient',
    cause: 'TikTok does not take this file format.',
    remedy: ofTheFile,
  }),
  post({
    code: 'duration_check_failed',
    kind: 'transient',
    cause: 'The video is too short, or longer than max_video_post_duration_sec of this account.',
    remedy: ofTheFile,
  }),
  post({
    code: 'frame_rate_check_failed',
    kind: 'transient',
    cause: 'TikTok does not take this frame rate.',
    remedy: ofTheFile,
  }),
  post({
    code: 'picture_size_check_failed',
    kind: 'transient',
    cause: 'TikTok does not take this picture size.',
    remedy: ofTheFile,
  }),
  post({
    code: 'video_pull_failed',
    kind: 'transient',
    cause: 'TikTok could not fetch the video from its address.',
    remedy: 'Check that the address answers from outside without a login and without a redirect, and post again.',
  }),
  post({
    code: 'photo_pull_failed',
    kind: 'transient',
    cause: 'TikTok could not fetch a photo from its address.',
    remedy: 'Check that the address answers from outside without a login and without a redirect, and post again.',
  }),
  post({
    code: 'auth_removed',
    kind: 'needs_consent',
    cause: 'The person took the permission away while the post was on its way.',
    remedy: reconnect,
  }),
  post({ code: 'internal', kind: 'transient', cause: 'TikTok had trouble of its own.', remedy: nothingToDo }),
];
