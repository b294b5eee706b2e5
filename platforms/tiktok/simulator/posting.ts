import type { Hono } from 'hono';
import { z } from 'zod';
import { fingerprint, randomText } from '../../simulator-secrets.ts';
import { authorizeCall } from './api-access.ts';
import { ApiError } from './api-error.ts';
import * as rules from './posting-rules.ts';
import type { Post, Token, World } from './world.ts';

/** Where bytes go. The real host is part of the answer and may be another one (2026-11-23) [U]. */
export const uploadHost = 'open-upload.tiktokapis.com';

const megabyte = 1024 * 1024;
const perMinute = { creatorInfo: 20, init: 6, status: 30 };

const file = z.object({
  source: z.literal('FILE_UPLOAD'),
  video_size: z.int().min(1),
  chunk_size: z.int().min(1),
  total_chunk_count: z.int().min(1).max(1000),
});
const pull = z.object({ source: z.literal('PULL_FROM_URL'), video_url: z.url() });
const source = z.discriminatedUnion('source', [file, pull]);
const directPost = z.object({ post_info: z.object({ privacy_level: z.string() }), source_info: source });
const draft = z.object({ source_info: source });

/** Answers one call: the data of the envelope, or an ApiError thrown. */
export type Envelope = (request: Request, act: (request: Request) => unknown) => Promise<Response>;

/** The Content Posting API. https://developers.tiktok.com/doc/content-posting-api-get-started (2026-11-23) [O] */
export function addPosting(app: Hono, world: World, envelope: Envelope): void {
  const base = '/v2/post/publish';
  app.post(`${base}/creator_info/query/`, (context) => envelope(context.req.raw, (request) => creator(request, world)));
  app.post(`${base}/video/init/`, (context) =>
    envelope(context.req.raw, async (request) => {
      const call = { name: 'video_init', scope: 'video.publish', perMinute: perMinute.init };
      const token = authorizeCall(request, call, world);
      const { post_info, source_info } = await readBody(directPost, request);
      rules.checkMayPost(token, world);
      rules.checkPrivacy(post_info.privacy_level, token, world);
      return start(token, { kind: 'direct', privacyLevel: post_info.privacy_level }, source_info, world);
    }),
  );
  app.post(`${base}/inbox/video/init/`, (context) =>
    envelope(context.req.raw, async (request) => {
      const call = { name: 'inbox_init', scope: 'video.upload', perMinute: perMinute.init };
      const token = authorizeCall(request, call, world);
      const { source_info } = await readBody(draft, request);
      rules.checkDrafts(token, world);
      return start(token, { kind: 'draft', privacyLevel: null }, source_info, world);
    }),
  );
  app.post(`${base}/status/fetch/`, (context) => envelope(context.req.raw, (request) => status(request, world)));
}

async function readBody<Body>(schema: z.ZodType<Body>, request: Request): Promise<Body> {
  const text = await request.text();
  const parsed = schema.safeParse(text === '' ? {} : parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ApiError(400, 'invalid_params', `The request is malformed: ${z.prettifyError(parsed.error)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function creator(request: Request, world: World): unknown {
  const call = { name: 'creator_info', scope: 'video.publish', perMinute: perMinute.creatorInfo };
  const token = authorizeCall(request, call, world);
  try {
    rules.checkMayPost(token, world);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError(world.settings().capErrorStatus, error.code, error.message);
  }
  const account = rules.requireAccount(token, world);
  return {
    creator_avatar_url: `https://p16-sign.tiktokcdn-us.com/${account.name}.webp`,
    creator_username: account.username,
    creator_nickname: account.displayName,
    privacy_level_options: rules.privacyLevels(account),
    comment_disabled: false,
    duet_disabled: account.isPrivate,
    stitch_disabled: account.isPrivate,
    max_video_post_duration_sec: 600,
  };
}

function start(
  { stage, account }: Token,
  about: Pick<Post, 'kind' | 'privacyLevel'>,
  from: z.infer<typeof source>,
  world: World,
): unknown {
  const id = `v_${about.kind === 'draft' ? 'inbox' : 'pub'}_${from.source === 'FILE_UPLOAD' ? 'file' : 'url'}~v2.${randomText(world.random, 19, '123456789')}`;
  const common = { id, stage, account, ...about, startedAtMs: world.nowMs() };
  if (from.source === 'PULL_FROM_URL') {
    if (!world.settings().verifiedUrlPrefixes.some((prefix) => from.video_url.startsWith(prefix))) {
      throw new ApiError(403, 'url_ownership_unverified', 'The ownership of the URL is not verified.');
    }
    world.kept.posts.push({ ...common, size: 0, chunkSize: 0, chunks: 0, received: 0, complete: true });
    return { publish_id: id };
  }
  checkChunks(from);
  const { video_size: size, chunk_size: chunkSize, total_chunk_count: chunks } = from;
  world.kept.posts.push({ ...common, size, chunkSize, chunks, received: 0, complete: false });
  const ticket = randomText(world.random, 40);
  world.kept.uploads[fingerprint(ticket)] = id;
  return { publish_id: id, upload_url: `https://${uploadHost}/video/?upload_id=${id}&upload_token=${ticket}` };
}

/**
 * Below 5 MB whole, above 64 MB split, 5 to 64 MB a chunk; the last takes the rest.
 * https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide (2026-11-23) [O]
 */
function checkChunks({ video_size: size, chunk_size: chunk, total_chunk_count: count }: z.infer<typeof file>): void {
  const isWhole = chunk === size && count === 1 && size <= 64 * megabyte;
  const isSplit = chunk >= 5 * megabyte && chunk <= 64 * megabyte && count === Math.floor(size / chunk);
  if (!isWhole && !isSplit) throw new ApiError(400, 'invalid_params', 'The chunk size or the chunk count is invalid.');
}

async function status(request: Request, world: World): Promise<unknown> {
  const call = { name: 'status_fetch', scope: 'user.info.basic', perMinute: perMinute.status };
  const token = authorizeCall(request, call, world);
  const { publish_id } = await readBody(z.object({ publish_id: z.string() }), request);
  const post = world.kept.posts.find(({ id, account }) => id === publish_id && account === token.account);
  if (post === undefined) throw new ApiError(400, 'invalid_params', 'There is no such publish_id.');
  if (!post.complete) return { status: 'PROCESSING_UPLOAD', uploaded_bytes: post.received };
  const isPublic = post.privacyLevel === 'PUBLIC_TO_EVERYONE';
  return {
    status: post.kind === 'draft' ? 'SEND_TO_USER_INBOX' : 'PUBLISH_COMPLETE',
    uploaded_bytes: post.received,
    // The name is TikTok's own spelling.
    ...(isPublic ? { publicaly_available_post_id: [Number(post.id.slice(-15))] } : {}),
  };
}
