import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { HonoRequest } from 'hono';
import type { RequireKey } from './api-keys.ts';
import { bearerWith, json, tokenSchema } from './connection-schemas.ts';
import type { ServerDependencies } from './dependencies.ts';
import { invalidRequest } from './invalid-request.ts';
import { problems } from './problem.ts';
import { text } from './text-schema.ts';

const query = z.object({
  owner: text.optional().openapi({ description: '`default` unless given' }),
  account: text.optional().openapi({ description: "The account's id or name; the newest connection unless given" }),
  min_seconds: z.coerce
    .number()
    .min(0)
    .max(31_536_000)
    .optional()
    .openapi({ description: 'How long it must live; 30' }),
});

/** `GET /v1/tokens/{platform}`: a valid token, refreshed first if need be. */
export function tokenRoutes(app: OpenAPIHono, { connector }: ServerDependencies, requireKey: RequireKey): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/tokens/{platform}',
    summary: 'A valid token',
    security: bearerWith('tokens:read'),
    request: { params: z.object({ platform: z.string() }), query },
    responses: { 200: json(tokenSchema, 'A token that lives long enough'), ...problems(401, 403, 404, 409, 422, 503) },
  });
  // Described, but not served by the registry: its validators cost this route more than the rest of the server does.
  app.openAPIRegistry.registerPath(route);
  app.get('/v1/tokens/:platform', requireKey('tokens:read'), async (c) => {
    const { owner, account, min_seconds: minimumSeconds } = optionsFrom(c.req);
    const token = await connector.getValidToken(c.req.param('platform'), { owner, account, minimumSeconds });
    c.header('Cache-Control', 'no-store');
    return c.json(token, 200);
  });
}

function optionsFrom(request: HonoRequest): z.infer<typeof query> {
  if (!request.url.includes('?')) return {};
  const parsed = query.safeParse(request.query());
  if (!parsed.success) throw invalidRequest(parsed.error.issues);
  return parsed.data;
}
