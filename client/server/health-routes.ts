import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { setTimeout as sleep } from 'node:timers/promises';
import { json } from './connection-schemas.ts';
import type { ServerDependencies } from './dependencies.ts';

const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded', 'down']),
    environment: z.string(),
    database: z.enum(['up', 'down']),
    temporal: z.enum(['up', 'down']),
    worker: z.enum(['up', 'down', 'unknown']),
  })
  .openapi('Health');

/** Whether each part answers; no account, no secret. */
export type Health = z.infer<typeof healthSchema>;

const patienceMs = 2_000;
const noConnection = '00000000-0000-0000-0000-000000000000';

/** Asks each part whether it answers, for two seconds at most. */
export async function healthOf({ store, orchestration, settings }: ServerDependencies): Promise<Health> {
  const asked = store.connections.facts(noConnection).then(
    () => 'up' as const,
    () => 'down' as const,
  );
  const [database, { temporal, worker }] = await Promise.all([
    Promise.race([asked, sleep(patienceMs, 'down' as const, { ref: false })]),
    orchestration.health(),
  ]);
  const isWhole = temporal === 'up' && worker !== 'down';
  const status = database === 'down' ? 'down' : isWhole ? 'ok' : 'degraded';
  return { status, environment: settings.environment, database, temporal, worker };
}

/** `GET /healthz`: tokens can be served as long as the database answers; Temporal away is `degraded`. */
export function healthRoutes(app: OpenAPIHono, dependencies: ServerDependencies): void {
  const route = createRoute({
    method: 'get',
    path: '/healthz',
    summary: 'Whether tokens can be served',
    responses: { 200: json(healthSchema, 'They can'), 503: json(healthSchema, 'The database is away') },
  });
  app.openapi(route, async (c) => {
    const health = await healthOf(dependencies);
    c.header('Cache-Control', 'no-store');
    return c.json(health, health.database === 'up' ? 200 : 503);
  });
}
