import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { Context } from 'hono';
import { cors } from 'hono/cors';
import { UnreadablePayloadError } from '../../store/payload-codec.ts';
import type { RequireKey } from './api-keys.ts';
import { bearerWith, json } from './connection-schemas.ts';
import type { ServerDependencies } from './dependencies.ts';
import { invalidRequest } from './invalid-request.ts';
import { pageResponse } from './page.ts';
import { problems } from './problem.ts';

// https://docs.temporal.io/production-deployment/data-encryption (checked 2026-11-23): Payloads as JSON, bytes in base64.
const payloadSchema = z.object({
  metadata: z.record(z.string(), z.base64()).optional(),
  data: z.base64().optional(),
});
const payloadsSchema = z.object({ payloads: z.array(payloadSchema).default([]) }).openapi('Payloads');

type JsonPayload = z.infer<typeof payloadSchema>;

/**
 * `POST /codec/decode` and `/codec/encode`: Temporal's codec server, with which the `temporal` command line and the
 * Temporal UI read and write what is encrypted. `GET /codec` lets a browser give its key.
 */
export function codecRoutes(app: OpenAPIHono, dependencies: ServerDependencies, requireKey: RequireKey): void {
  const { payloadCodec, settings } = dependencies;
  const acts = {
    decode: (payload: Payload) => decodeIfReadable(payloadCodec, payload),
    encode: encodeWith(payloadCodec),
  };
  app.use(
    '/codec/*',
    cors({
      origin: [...settings.temporalUiOrigins],
      credentials: true,
      allowMethods: ['POST'],
      allowHeaders: ['Authorization', 'Content-Type', 'X-Namespace'],
    }),
  );
  for (const [name, act] of Object.entries(acts)) {
    describe(app, name);
    app.post(`/codec/${name}`, requireKey('codec', { fromBrowser: true }), async (c) => {
      const payloads = await payloadsOf(c);
      c.header('Cache-Control', 'no-store');
      return c.json({ payloads: (await Promise.all(payloads.map(fromJson).map(act))).map(toJson) });
    });
  }
  app.get('/codec', requireKey('codec', { fromBrowser: true, asks: true }), () => signedInPage());
}

function describe(app: OpenAPIHono, name: string): void {
  const content = { 'application/json': { schema: payloadsSchema } };
  app.openAPIRegistry.registerPath(
    createRoute({
      method: 'post',
      path: `/codec/${name}`,
      summary: name === 'decode' ? 'Open payloads of Temporal' : 'Encrypt payloads for Temporal',
      // Pages of the Temporal UI send the key that the person gave to the browser.
      security: [...bearerWith('codec'), { basic: ['codec'] }],
      request: { body: { content } },
      responses: { 200: json(payloadsSchema, 'The same number, in the same order'), ...problems(401, 403, 422) },
    }),
  );
}

async function payloadsOf(c: Context): Promise<readonly JsonPayload[]> {
  const body: unknown = await c.req.json().catch(() => null);
  const parsed = payloadsSchema.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error.issues);
  return parsed.data.payloads;
}

/** One that cannot be opened stays as it is, so that the rest of a history can be read. */
async function decodeIfReadable(codec: PayloadCodec, payload: Payload): Promise<Payload> {
  try {
    return (await codec.decode([payload]))[0] ?? payload;
  } catch (error) {
    if (error instanceof UnreadablePayloadError) return payload;
    throw error;
  }
}

function encodeWith(codec: PayloadCodec): (payload: Payload) => Promise<Payload> {
  return async (payload) => (await codec.encode([payload]))[0] ?? payload;
}

function fromJson({ metadata = {}, data = '' }: JsonPayload): Payload {
  const bytes = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')] as const);
  return { metadata: Object.fromEntries(bytes), data: Buffer.from(data, 'base64') };
}

function toJson({ metadata, data }: Payload): JsonPayload {
  const texts = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]);
  return {
    metadata: z.record(z.string(), z.string()).parse(Object.fromEntries(texts)),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}

function signedInPage(): Promise<Response> {
  return pageResponse(
    {
      title: 'This browser may read Temporal’s data',
      tone: 'good',
      paragraphs: [
        'Until it is closed. In the Temporal UI, open the codec server’s settings (the glasses on top), choose “Use my browser setting”, give this address as the endpoint, and switch “Include cross-origin credentials” on.',
      ],
    },
    200,
  );
}
