import { createRoute } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { resolvePlatform } from '../../platforms/load.ts';
import type { OnboardingKey } from '../sdk/orchestration.ts';
import type { RequireKey } from './api-keys.ts';
import { bearer, bearerWith, json } from './connection-schemas.ts';
import type { ServerDependencies } from './dependencies.ts';
import { completeStep, startOnboarding, viewOf } from './onboarding-acts.ts';
import { keyOf } from './onboarding-address.ts';
import { onboardingParameters, onboardingSchema, startOnboardingSchema, stepDoneSchema } from './onboarding-schemas.ts';
import { stepParameters } from './onboarding-schemas.ts';
import { notFound, Problem, problems } from './problem.ts';

/** `/v1/onboardings`: connect an account step by step. */
export function onboardingRoutes(app: OpenAPIHono, dependencies: ServerDependencies, requireKey: RequireKey): void {
  stepRoute(app, dependencies, requireKey);
  const { orchestration, platforms, store } = dependencies;
  const start = createRoute({
    method: 'post',
    path: '/v1/onboardings',
    summary: 'Start connecting an account, or find the onboarding that runs',
    security: bearerWith('connections:write'),
    middleware: requireKey('connections:write'),
    request: { body: { required: true, content: { 'application/json': { schema: startOnboardingSchema } } } },
    responses: {
      201: json(onboardingSchema, 'It runs; `waitingFor` says for what'),
      ...problems(401, 403, 404, 422, 503),
    },
  });
  app.openapi(start, async (c) => {
    const { platform: name, owner, label, connectionId } = c.req.valid('json');
    const platform = platformNamed(platforms, name);
    if (connectionId !== undefined) {
      const facts = await store.connections.facts(connectionId);
      const fits = facts?.status !== 'revoked' && facts?.platform === platform && facts.owner === owner;
      if (!fits) throw notFound(`live ${platform} connection ${connectionId} of owner ${owner}`);
    }
    const key = { owner, platform, label };
    const view = await startOnboarding(orchestration, connectionId === undefined ? key : { ...key, connectionId });
    c.header('Location', `/v1/onboardings/${encodeURIComponent(view.id)}`);
    return c.json(view, 201);
  });

  const read = createRoute({
    method: 'get',
    path: '/v1/onboardings/{id}',
    summary: 'What an onboarding waits for, since when, and until when',
    security: bearer,
    middleware: requireKey(),
    request: { params: onboardingParameters },
    responses: { 200: json(onboardingSchema, 'Its state'), ...problems(401, 404, 503) },
  });
  app.openapi(read, async (c) => {
    const key = existing(c.req.valid('param').id);
    return c.json(viewOf(await orchestration.onboardingState(key)), 200);
  });
}

function stepRoute(app: OpenAPIHono, dependencies: ServerDependencies, requireKey: RequireKey): void {
  const done = createRoute({
    method: 'post',
    path: '/v1/onboardings/{id}/steps/{step}',
    summary: 'Say that a step is done, with the values that it brought',
    security: bearerWith('connections:write'),
    middleware: requireKey('connections:write'),
    request: {
      params: stepParameters,
      body: { required: true, content: { 'application/json': { schema: stepDoneSchema } } },
    },
    responses: {
      200: json(onboardingSchema, 'The values are right; what comes next'),
      202: json(onboardingSchema, 'Not judged yet: the platform is slow. Ask for the state later'),
      ...problems(401, 403, 404, 422, 503),
    },
  });
  app.openapi(done, async (c) => {
    const { id, step } = c.req.valid('param');
    const { judgement, view } = await completeStep(dependencies, existing(id), step, c.req.valid('json'));
    return c.json(view, judgement === 'done' ? 200 : 202);
  });
}

function existing(address: string): OnboardingKey {
  const key = keyOf(address);
  if (key === null) throw notFound('such onboarding', 'Its id looks like default~youtube~main.');
  return key;
}

function platformNamed(platforms: ServerDependencies['platforms'], name: string): string {
  try {
    return resolvePlatform(platforms, name).id;
  } catch {
    const known = platforms.map(({ id }) => id).join(', ');
    const detail = 'No platform has that name.';
    const remedy = `Known: ${known}.`;
    throw new Problem({
      type: 'unknown-platform',
      title: 'Value refused',
      status: 422,
      detail,
      remedy,
      field: 'platform',
    });
  }
}
