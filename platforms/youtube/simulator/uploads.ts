import type { Context, Hono } from 'hono';
import { fingerprint, randomText } from '../../simulator-secrets.ts';
import { authorizeCall, readParts, requireChannel } from './api-access.ts';
import { ApiError, badRequest } from './api-error.ts';
import { readContentRange } from './content-range.ts';
import { readMultipart } from './multipart.ts';
import { spendUpload } from './quota.ts';
import { describeVideo, readVideo, videoParts } from './video-resource.ts';
import type { Upload, Video, World } from './world.ts';

const path = '/upload/youtube/v3/videos';
const chunkBytes = 256 * 1024;
const sessionLifetimeMs = 7 * 86_400_000;

/**
 * `videos.insert`: resumable (session, then pieces of multiples of 256 KiB, 308 until the last byte) and in one
 * `multipart/related` request. No video exists before the last byte. Bytes are counted, not kept.
 * https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol (checked 2026-11-23 [C])
 */
export function addUploads(app: Hono, world: World): void {
  app.post('/youtube/v3/videos', (context) => {
    admit(context, world);
    throw badRequest('mediaBodyRequired', 'The request does not include the video content.');
  });
  app.post(path, async (context) => {
    const upload = context.req.query('uploadType');
    if (upload === 'resumable') return startSession(context, world);
    if (upload === 'multipart') return insertAtOnce(context, world);
    throw badRequest('mediaBodyRequired', 'The request does not include the video content.');
  });
  app.put(path, async (context) => continueSession(context, world));
}

function admit(context: Context, world: World): { channelId: string; parts: readonly string[] } {
  const method = 'youtube.api.v3.V3DataVideoService.Insert';
  const account = authorizeCall(context.req.raw, world, method, ['youtube.upload', 'youtube', 'youtube.force-ssl']);
  spendUpload(world);
  const channel = requireChannel(world, account);
  const parts = readParts(new URL(context.req.url), videoParts);
  if (world.settings().uploadLimitReached) {
    throw badRequest('uploadLimitExceeded', 'The user has exceeded the number of videos they may upload.');
  }
  return { channelId: channel.id, parts };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    throw new ApiError(400, { message: 'Parse Error', domain: 'global', reason: 'parseError' });
  }
}

async function startSession(context: Context, world: World): Promise<Response> {
  const { channelId } = admit(context, world);
  const type = context.req.header('x-upload-content-type') ?? 'application/octet-stream';
  if (!/^(video\/|application\/octet-stream)/.test(type)) {
    const message = `Media type '${type}' is not supported. Valid media types: [video/*, application/octet-stream]`;
    throw new ApiError(400, { message, domain: 'global', reason: 'badContent' });
  }
  const length = context.req.header('x-upload-content-length');
  const video = readVideo(parseJson(await context.req.text()), channelId, world);
  const total = length === undefined ? null : Number(length);
  const id = randomText(world.random, 80);
  world.kept.uploads[fingerprint(id)] = { video, received: 0, total, done: false, startedAtMs: world.nowMs() };
  const location = new URL(context.req.url);
  location.searchParams.set('upload_id', id);
  return new Response(null, { status: 200, headers: { location: location.href, 'x-guploader-uploadid': id } });
}

async function continueSession(context: Context, world: World): Promise<Response> {
  const upload = world.kept.uploads[fingerprint(context.req.query('upload_id') ?? '')];
  if (upload === undefined || world.nowMs() - upload.startedAtMs > sessionLifetimeMs) {
    throw new ApiError(404, { message: 'Upload session not found.', domain: 'global', reason: 'notFound' });
  }
  const bytes = (await context.req.arrayBuffer()).byteLength;
  const text = context.req.header('content-range') ?? `bytes 0-${bytes - 1}/${bytes}`;
  const range = readContentRange(text);
  if (range === null) throw invalidPiece(`Failed to parse Content-Range header: ${text}`);
  if (range.kind === 'piece' && !upload.done) takePiece(upload, range, bytes);
  if (upload.done || (range.kind === 'question' && upload.received === range.total)) {
    return context.json(finish(upload, readParts(new URL(context.req.url), videoParts), world));
  }
  return notYet(upload);
}

function takePiece(upload: Upload, piece: { first: number; last: number; total: number | null }, bytes: number): void {
  if (piece.last - piece.first + 1 !== bytes)
    throw invalidPiece('Content-Range does not match the length of the body.');
  const total = piece.total ?? upload.total;
  if (upload.total !== null && total !== upload.total)
    throw invalidPiece('The total length differs from the session’s.');
  const isLast = total !== null && piece.last + 1 === total;
  if (!isLast && bytes % chunkBytes !== 0) throw invalidPiece('A piece that is not the last is a multiple of 256 KiB.');
  // A piece that does not continue where the upload stands is ignored; the answer's Range tells from where to go on.
  if (piece.first !== upload.received) return;
  upload.received += bytes;
  upload.total = total;
  upload.done = isLast;
}

function invalidPiece(message: string): ApiError {
  return new ApiError(400, { message, domain: 'global', reason: 'badRequest' });
}

function notYet({ received }: Upload): Response {
  return new Response(null, { status: 308, headers: received === 0 ? {} : { range: `bytes=0-${received - 1}` } });
}

function finish(upload: Upload, parts: readonly string[], world: World): unknown {
  upload.done = true;
  keepVideo(upload.video, world);
  return describeVideo(upload.video, parts);
}

function keepVideo(video: Video, world: World): void {
  if (!world.kept.videos.some(({ id }) => id === video.id)) world.kept.videos.push(video);
}

async function insertAtOnce(context: Context, world: World): Promise<Response> {
  const { channelId, parts } = admit(context, world);
  const body = readMultipart(context.req.header('content-type') ?? '', Buffer.from(await context.req.arrayBuffer()));
  if (body === null) throw new ApiError(400, { message: 'Bad multipart body', domain: 'global', reason: 'badContent' });
  if (body.media.length === 0) throw badRequest('mediaBodyRequired', 'The request does not include the video content.');
  const video = readVideo(parseJson(body.metadata), channelId, world);
  keepVideo(video, world);
  return context.json(describeVideo(video, parts));
}
