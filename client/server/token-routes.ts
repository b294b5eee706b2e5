import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { RequireKey } from './api-keys.ts';
import { bearer, json, tokenSchema } from './connection-schemas.ts';
import type { ServerDependencies } from './dependencies.ts';
import { problems } from './problem.ts';

const query = z.object({
  owner: z.string().optional().openapi({ description: '`default` unless given' }),
  account: z
    .string()
    .optional()
    .openapi({ description: "The account's id or name; the newest connection unless given" }),
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
    security: bearer,
    middleware: requireKey('tokens:read'),
    request: { params: z.object({ platform: z.string() }), query },
    responses: { 200: json(tokenSchema, 'A token that lives long enough'), ...problems(401, 403, 404, 409, 422, 503) },
  });
  app.openapi(route, async (c) => {
    const { owner, account, min_seconds: minimumSeconds } = c.req.valid('query');
    const token = await connector.getValidToken(c.req.valid('param').platform, { owner, account, minimumSeconds });
    c.header('Cache-Control', 'no-store');
    return c.json({ ...token }, 200);
  });
}
