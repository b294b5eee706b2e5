import { z } from 'zod';
import { fingerprint, randomText } from '../../simulator-secrets.ts';
import { ApiError, badRequest } from './api-error.ts';
import type { Video, World } from './world.ts';

const metadata = z.object({
  snippet: z
    .object({
      title: z.string().optional(),
      description: z.string().optional(),
      categoryId: z.string().optional(),
      tags: z.array(z.string()).optional(),
    })
    .optional(),
  status: z.object({ privacyStatus: z.string().optional(), publishAt: z.string().optional() }).optional(),
});

export const videoParts = [
  'id',
  'snippet',
  'status',
  'contentDetails',
  'statistics',
  'processingDetails',
  'recordingDetails',
];

/**
 * The video that the metadata of an upload describe. Throws 400 with the reason that Google's documentation names.
 * https://developers.google.com/youtube/v3/docs/videos/insert#errors (checked 2026-11-23; reasons [C]; since 2026-11-02 a
 * missing privacyStatus means public [O])
 */
export function readVideo(body: unknown, channelId: string, world: World): Video {
  const parsed = metadata.safeParse(body);
  if (!parsed.success) {
    throw new ApiError(400, { message: z.prettifyError(parsed.error), domain: 'global', reason: 'parseError' });
  }
  const { snippet = {}, status = {} } = parsed.data;
  const { title = '', description = '', categoryId = '22', tags = [] } = snippet;
  if (title === '' || title.length > 100 || /[<>]/.test(title)) {
    throw badRequest(
      'invalidTitle',
      'The request metadata specifies an invalid or empty video title.',
      'body.snippet.title',
    );
  }
  if (Buffer.byteLength(description) > 5_000 || /[<>]/.test(description)) {
    const message = 'The request metadata specifies an invalid video description.';
    throw badRequest('invalidDescription', message, 'body.snippet.description');
  }
  if (tags.join(',').length > 500) {
    throw badRequest('invalidTags', 'The request metadata specifies invalid video keywords.', 'body.snippet.tags');
  }
  if (!/^\d{1,2}$/.test(categoryId)) {
    throw badRequest(
      'invalidCategoryId',
      'The request metadata specifies an invalid category ID.',
      'body.snippet.categoryId',
    );
  }
  const { privacyStatus = 'public', publishAt } = status;
  if (!['public', 'private', 'unlisted'].includes(privacyStatus)) {
    throw badRequest('invalidVideoMetadata', 'The request metadata is invalid.', 'body.status.privacyStatus');
  }
  if (publishAt !== undefined && (privacyStatus !== 'private' || !(Date.parse(publishAt) > world.nowMs()))) {
    const message = 'The request metadata specifies an invalid scheduled publishing time.';
    throw badRequest('invalidPublishAt', message, 'body.status.publishAt');
  }
  const id = randomText(world.random, 11);
  const publishedAt = new Date(world.nowMs()).toISOString();
  return { id, channelId, title, description, categoryId, privacyStatus, publishedAt };
}

/** The video as the API shows it, with the parts asked for. */
export function describeVideo(video: Video, wanted: readonly string[]): unknown {
  const { id, channelId, title, description, categoryId, publishedAt } = video;
  const details: Readonly<Record<string, unknown>> = {
    snippet: { publishedAt, channelId, title, description, categoryId, liveBroadcastContent: 'none' },
    status: { uploadStatus: 'uploaded', privacyStatus: video.privacyStatus, license: 'youtube', embeddable: true },
    statistics: { viewCount: '0', likeCount: '0', commentCount: '0' },
    processingDetails: { processingStatus: 'processing' },
  };
  const chosen = Object.entries(details).filter(([part]) => wanted.includes(part));
  const resource = { kind: 'youtube#video', etag: fingerprint(JSON.stringify(video)), id };
  return { ...resource, ...Object.fromEntries(chosen) };
}
