import type { Hono } from 'hono';
import { z } from 'zod';
import { accountOf, admit, RefusedCall, type Admitted } from './api-access.ts';
import { randomId, type World } from './world.ts';
import * as faults from './x-fault.ts';

const media = { name: 'media', auth: 'user', scopes: ['media.write'], writes: true } as const;

const initialization = z.object({
  media_type: z.string().min(1),
  total_bytes: z.coerce.number().int().positive(),
  media_category: z.string().optional(),
});

/**
 * Uploads in parts: initialize, append, finalize; nothing is processed later.
 * https://docs.x.com/x-api/media/quickstart/media-upload-chunked (2026-11-23) [O/C]
 */
export function addMedia(app: Hono, world: World): void {
  const held = (admitted: Admitted, id: string): World['kept']['media'][string] => {
    const found = world.kept.media[id];
    if (found?.account !== accountOf(admitted).name) throw refuse(admitted, 'The media id is not known.');
    return found;
  };
  app.post('/2/media/upload/initialize', async (context) => {
    const admitted = await admit(context.req.raw, world, media);
    const parsed = initialization.safeParse(await context.req.json().catch(() => null));
    if (!parsed.success) throw refuse(admitted, 'media_type and total_bytes are required.');
    const id = randomId(world.random, 19);
    const account = accountOf(admitted).name;
    world.kept.media[id] = { account, totalBytes: parsed.data.total_bytes, received: 0, done: false };
    return context.json({ data: describe(id) }, 200, { ...admitted.headers });
  });
  app.post('/2/media/upload/:id/append', async (context) => {
    const admitted = await admit(context.req.raw, world, media);
    const upload = held(admitted, context.req.param('id'));
    const form = await context.req.formData().catch(() => new FormData());
    const part = form.get('media');
    if (!form.has('segment_index') || part === null) throw refuse(admitted, 'segment_index and media are required.');
    upload.received += typeof part === 'string' ? Buffer.byteLength(part) : part.size;
    return context.json({ data: { expires_at: Math.floor(world.nowMs() / 1_000) + 86_400 } }, 200, {
      ...admitted.headers,
    });
  });
  app.post('/2/media/upload/:id/finalize', async (context) => {
    const admitted = await admit(context.req.raw, world, media);
    const id = context.req.param('id');
    const upload = held(admitted, id);
    if (upload.received !== upload.totalBytes) throw refuse(admitted, 'Not all bytes have arrived.');
    upload.done = true;
    return context.json({ data: { ...describe(id), size: upload.totalBytes } }, 200, { ...admitted.headers });
  });
  app.get('/2/media/upload', async (context) => {
    const admitted = await admit(context.req.raw, world, { ...media, writes: false });
    const id = context.req.query('media_id') ?? '';
    const state = held(admitted, id).done ? 'succeeded' : 'pending';
    return context.json({ data: { ...describe(id), processing_info: { state } } }, 200, { ...admitted.headers });
  });
}

function describe(id: string): { id: string; media_key: string; expires_after_secs: number } {
  return { id, media_key: `3_${id}`, expires_after_secs: 86_400 };
}

function refuse({ headers }: Admitted, detail: string): RefusedCall {
  return new RefusedCall(faults.problem(400, 'invalid-request', 'Invalid Request', detail), headers);
}
