import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Store } from '../../store/store.ts';
import type { ConnectionFacts } from '../../model/connection.ts';
import { reportConnection } from '../sdk/connection-report.ts';
import type { RequireKey } from './api-keys.ts';
import { bearer, bearerWith, connectionIdSchema, connectionSchema, json, refreshSchema } from './connection-schemas.ts';
import type { ServerDependencies } from './dependencies.ts';
import { startOnboarding } from './onboarding-acts.ts';
import { onboardingSchema } from './onboarding-schemas.ts';
import { notFound, problems } from './problem.ts';
import { text } from './text-schema.ts';
import { pollUntil } from '../onboarding/poll-until.ts';

const revocationPatienceMs = 5_000;

/** `/v1/connections`: what is connected, and the acts on one connection. */
export function connectionRoutes(app: OpenAPIHono, dependencies: ServerDependencies, requireKey: RequireKey): void {
  readRoutes(app, dependencies, requireKey);
  actRoutes(app, dependencies, requireKey);
  revokeRoute(app, dependencies, requireKey);
}

async function live(store: Store, id: string): Promise<ConnectionFacts> {
  const facts = await store.connections.facts(id);
  if (facts === null || facts.status === 'revoked') throw notFound(`live connection ${id}`);
  return facts;
}

function actOnOne(requireKey: RequireKey) {
  const request = { params: connectionIdSchema };
  return {
    method: 'post',
    security: bearerWith('connections:write'),
    middleware: requireKey('connections:write'),
    request,
  } as const;
}

function readRoutes(app: OpenAPIHono, dependencies: ServerDependencies, requireKey: RequireKey): void {
  const { connector } = dependencies;
  const list = createRoute({
    method: 'get',
    path: '/v1/connections',
    summary: 'All connections, without their secrets',
    security: bearer,
    middleware: requireKey(),
    request: { query: z.object({ owner: text.optional() }) },
    responses: { 200: json(z.array(connectionSchema), 'The status table'), ...problems(401, 503) },
  });
  app.openapi(list, async (c) => {
    const { owner } = c.req.valid('query');
    return c.json(await connector.status(owner === undefined ? {} : { owner }), 200);
  });

  const read = createRoute({
    method: 'get',
    path: '/v1/connections/{id}',
    summary: 'One connection, without its secrets',
    security: bearer,
    middleware: requireKey(),
    request: { params: connectionIdSchema },
    responses: { 200: json(connectionSchema, 'The connection'), ...problems(401, 404, 503) },
  });
  app.openapi(read, async (c) => {
    const { id } = c.req.valid('param');
    const report = await reportConnection(dependencies, id);
    if (report === null) throw notFound(`connection ${id}`);
    return c.json(report, 200);
  });
}

function actRoutes(app: OpenAPIHono, dependencies: ServerDependencies, requireKey: RequireKey): void {
  const { store, connector, orchestration } = dependencies;
  const act = actOnOne(requireKey);

  const reconnect = createRoute({
    ...act,
    path: '/v1/connections/{id}/reconnect',
    summary: 'Ask for consent again, for the same connection',
    responses: {
      201: json(onboardingSchema, 'The onboarding that waits for consent'),
      ...problems(401, 403, 404, 503),
    },
  });
  app.openapi(reconnect, async (c) => {
    const { id: connectionId, owner, platform, label } = await live(store, c.req.valid('param').id);
    return c.json(await startOnboarding(orchestration, { owner, platform, label, connectionId }), 201);
  });

  const refresh = createRoute({
    ...act,
    path: '/v1/connections/{id}/refresh',
    summary: 'Refresh now, although it is not due',
    responses: { 200: json(refreshSchema, 'What came of it'), ...problems(401, 403, 404, 503) },
  });
  app.openapi(refresh, async (c) => {
    const { id } = await live(store, c.req.valid('param').id);
    const refreshed = await connector.refresh(id);
    if (refreshed === null) throw notFound(`connection ${id}`);
    const { outcome, cause, remedy, retryAt } = refreshed.result;
    return c.json({ outcome, cause, remedy, retryAt, connection: refreshed.connection }, 200);
  });
}

function revokeRoute(app: OpenAPIHono, dependencies: ServerDependencies, requireKey: RequireKey): void {
  const { store, orchestration } = dependencies;
  const act = actOnOne(requireKey);
  const revoke = createRoute({
    ...act,
    path: '/v1/connections/{id}/revoke',
    summary: 'Disconnect: end the grant at the platform and erase the secrets',
    responses: {
      200: json(connectionSchema, 'Disconnected'),
      202: json(connectionSchema, 'Under way: the platform has not answered yet'),
      204: { description: 'It was an onboarding under way; nothing is left of it' },
      ...problems(401, 403, 404, 503),
    },
  });
  app.openapi(revoke, async (c) => {
    const facts = await live(store, c.req.valid('param').id);
    if (facts.status === 'pending') {
      await orchestration.abandonOnboarding(facts);
      return c.body(null, 204);
    }
    await orchestration.revoke(facts);
    const isRevoked = (report: { status: string } | null): boolean => report?.status === 'revoked';
    const report = await pollUntil(() => reportConnection(dependencies, facts.id), isRevoked, revocationPatienceMs);
    if (report === null) throw notFound(`connection ${facts.id}`);
    return c.json(report, report.status === 'revoked' ? 200 : 202);
  });
}
