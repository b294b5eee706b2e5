import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { remainingOf } from '../../model/quota.ts';
import type { RequireKey } from './api-keys.ts';
import { bearerWith, json } from './connection-schemas.ts';
import type { ServerDependencies } from './dependencies.ts';
import { notFound, problems } from './problem.ts';
import { quotaCountSchema, quotaStateSchema, reservationSchema, reserveSchema, settleSchema } from './quota-schemas.ts';
import { text } from './text-schema.ts';

const reservationId = z.object({
  id: z.uuid().openapi({ param: { name: 'id', in: 'path' }, description: "The reservation's id" }),
});

/**
 * `/v1/quota`: what is used and left, and reservations ahead of calls. Whoever may read tokens may spend the quota at the
 * platform, so the same scope lets it count what it spends.
 */
export function quotaRoutes(app: OpenAPIHono, dependencies: ServerDependencies, requireKey: RequireKey): void {
  listRoute(app, dependencies, requireKey);
  reserveRoute(app, dependencies, requireKey);
  settleRoute(app, dependencies, requireKey);
}

function listRoute(app: OpenAPIHono, { connector }: ServerDependencies, requireKey: RequireKey): void {
  const list = createRoute({
    method: 'get',
    path: '/v1/quota',
    summary: 'What the platforms count: used, reserved, left, and when it starts anew',
    security: bearerWith('tokens:read'),
    middleware: requireKey('tokens:read'),
    request: { query: z.object({ platform: z.string().optional(), owner: text.optional() }) },
    responses: { 200: json(z.array(quotaStateSchema), 'One entry a quota'), ...problems(401, 403, 404, 503) },
  });
  app.openapi(list, async (c) => {
    const { platform, owner } = c.req.valid('query');
    return c.json(await connector.quotas(platform, owner === undefined ? {} : { owner }), 200);
  });
}

function reserveRoute(app: OpenAPIHono, { connector }: ServerDependencies, requireKey: RequireKey): void {
  const reserve = createRoute({
    method: 'post',
    path: '/v1/quota/{platform}/{bucket}/reservations',
    summary: 'Reserve part of a quota before the call that spends it',
    security: bearerWith('tokens:read'),
    middleware: requireKey('tokens:read'),
    request: {
      params: z.object({ platform: z.string(), bucket: z.string() }),
      body: { required: true, content: { 'application/json': { schema: reserveSchema } } },
    },
    responses: {
      201: json(reservationSchema, 'Held until it is settled; never settled, it counts as used'),
      ...problems(401, 403, 404, 422, 429, 503),
    },
  });
  app.openapi(reserve, async (c) => {
    const { platform: name, bucket: wanted } = c.req.valid('param');
    const { amount: asked, owner, account } = c.req.valid('json');
    const reservation = await connector.reserveQuota(name, wanted, asked, { owner, account });
    const { id, platform, bucket, amount, remaining, resetsAt } = reservation;
    return c.json({ id, platform, bucket, amount, remaining, resetsAt }, 201);
  });
}

function settleRoute(app: OpenAPIHono, { store }: ServerDependencies, requireKey: RequireKey): void {
  const settle = createRoute({
    method: 'post',
    path: '/v1/quota/reservations/{id}/settle',
    summary: 'Say what the call used; 0 gives the reservation back',
    security: bearerWith('tokens:read'),
    middleware: requireKey('tokens:read'),
    request: {
      params: reservationId,
      body: { required: true, content: { 'application/json': { schema: settleSchema } } },
    },
    responses: { 200: json(quotaCountSchema, 'The quota after it'), ...problems(401, 403, 404, 422, 503) },
  });
  app.openapi(settle, async (c) => {
    const { id } = c.req.valid('param');
    const count = await store.quotaWindows.settle(id, c.req.valid('json'));
    if (count === null) throw notFound(`open reservation ${id}`, 'It may have been settled before.');
    const { platform, bucket, limit, used, reserved, windowStart, resetsAt } = count;
    const remaining = remainingOf(count);
    return c.json({ platform, bucket, limit, used, reserved, remaining, windowStart, resetsAt }, 200);
  });
}
