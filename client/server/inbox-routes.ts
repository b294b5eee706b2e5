import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { RequireKey } from './api-keys.ts';
import { bearer, json } from './connection-schemas.ts';
import type { ServerDependencies } from './dependencies.ts';
import { problems } from './problem.ts';
import { text } from './text-schema.ts';

const taskSchema = z
  .object({
    id: z.string(),
    connectionId: z.string().nullable(),
    owner: z.string(),
    platform: z.string(),
    dedupeKey: z.string(),
    title: z.string(),
    why: z.string(),
    link: z.string().nullable(),
    dueAt: z.string().nullable(),
    openedAt: z.string(),
  })
  .openapi('HumanTask');

const eventSchema = z
  .object({
    id: z.string(),
    at: z.string(),
    connectionId: z.string(),
    owner: z.string(),
    platform: z.string(),
    actor: z.string(),
    kind: z.string(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .openapi('ConnectionEvent');

const about = z.object({
  owner: text.optional(),
  connection: z.uuid().optional().openapi({ description: "A connection's id" }),
});

/** `/v1/inbox`: what waits for a person. `/v1/events`: who did what, when. */
export function inboxRoutes(app: OpenAPIHono, { store }: ServerDependencies, requireKey: RequireKey): void {
  const inbox = createRoute({
    method: 'get',
    path: '/v1/inbox',
    summary: 'What only a person can do',
    security: bearer,
    middleware: requireKey(),
    request: { query: about },
    responses: { 200: json(z.array(taskSchema), 'Open tasks'), ...problems(401, 503) },
  });
  app.openapi(inbox, async (c) => c.json(await store.tasks.list(filterOf(c.req.valid('query'))), 200));

  const events = createRoute({
    method: 'get',
    path: '/v1/events',
    summary: 'Who did what, when; newest first',
    security: bearer,
    middleware: requireKey(),
    request: { query: about.extend({ limit: z.coerce.number().int().min(1).max(1000).default(100) }) },
    responses: { 200: json(z.array(eventSchema), 'The audit trail'), ...problems(401, 503) },
  });
  app.openapi(events, async (c) => {
    const { limit, ...filter } = c.req.valid('query');
    return c.json([...(await store.events.list({ ...filterOf(filter), limit }))], 200);
  });
}

function filterOf(query: z.infer<typeof about>): { owner?: string; connectionId?: string } {
  const { owner, connection } = query;
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(connection === undefined ? {} : { connectionId: connection }),
  };
}
