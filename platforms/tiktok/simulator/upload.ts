import { fingerprint } from '../../simulator-secrets.ts';
import type { World } from './world.ts';

const uploadLifetimeMs = 60 * 60_000;

/**
 * Takes the bytes of a post: chunks in order, 206 until the last, which is answered with 201.
 * https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide (2026-11-23) [O; one hour: U]
 */
export async function receiveUpload(request: Request, world: World): Promise<Response> {
  if (request.method !== 'PUT') return new Response(null, { status: 405 });
  const ticket = new URL(request.url).searchParams.get('upload_token') ?? '';
  const id = world.kept.uploads[fingerprint(ticket)];
  const post = world.kept.posts.find((candidate) => candidate.id === id);
  if (post === undefined) return new Response(null, { status: 404 });
  if (world.nowMs() - post.startedAtMs > uploadLifetimeMs) return new Response(null, { status: 403 });
  const [, first = '', last = '', total = ''] =
    /^bytes (\d+)-(\d+)\/(\d+)$/.exec(request.headers.get('content-range') ?? '') ?? [];
  const length = (await request.arrayBuffer()).byteLength;
  const isNext = Number(first) === post.received && Number(total) === post.size;
  if (!isNext || length === 0 || Number(last) - Number(first) + 1 !== length || Number(last) >= post.size) {
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${post.size}` } });
  }
  const isLast = Number(last) === post.size - 1;
  if (!isLast && length !== post.chunkSize) return new Response(null, { status: 400 });
  post.received += length;
  post.complete = isLast;
  return new Response(null, { status: isLast ? 201 : 206 });
}
