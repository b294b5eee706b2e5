import { OpenAPIHono } from '@hono/zod-openapi';
import { createApiKeys } from './api-keys.ts';
import { callbackRoutes } from './callback-routes.ts';
import { codecRoutes } from './codec-routes.ts';
import { connectionRoutes } from './connection-routes.ts';
import { consentRoutes } from './consent-routes.ts';
import type { ServerDependencies } from './dependencies.ts';
import { withGeneralAnswers } from './general-answers.ts';
import { guardRequests } from './guard-requests.ts';
import { healthRoutes } from './health-routes.ts';
import { homeRoute } from './home-route.ts';
import { invalidRequest } from './invalid-request.ts';
import { inboundRoutes } from './inbound-routes.ts';
import { inboxRoutes } from './inbox-routes.ts';
import { logRequests } from './log.ts';
import { onboardingRoutes } from './onboarding-routes.ts';
import { pageResponse } from './page.ts';
import { notFound } from './problem.ts';
import type { Problem } from './problem.ts';
import { quotaRoutes } from './quota-routes.ts';
import { toProblem } from './to-problem.ts';
import { tokenRoutes } from './token-routes.ts';

/** The HTTP API, the consent links and the OAuth callback as one app; it listens nowhere by itself. */
export function createApp(dependencies: ServerDependencies): OpenAPIHono {
  const { log, settings } = dependencies;
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.error.issues);
    },
  });
  app.onError((error, c) => {
    const problem = toProblem(error);
    if (problem.options.status >= 500) log.error({ err: error, method: c.req.method, path: c.req.path }, 'failed');
    return isForPerson(c.req.path) ? problemPage(problem) : problem.toResponse();
  });
  app.notFound((c) =>
    isForPerson(c.req.path) ? problemPage(notFound('such page')) : notFound('such route').toResponse(),
  );

  logRequests(app, log);
  guardRequests(app, settings);
  const requireKey = createApiKeys(settings.apiKeys);
  homeRoute(app, dependencies);
  healthRoutes(app, dependencies);
  tokenRoutes(app, dependencies, requireKey);
  connectionRoutes(app, dependencies, requireKey);
  onboardingRoutes(app, dependencies, requireKey);
  inboxRoutes(app, dependencies, requireKey);
  quotaRoutes(app, dependencies, requireKey);
  consentRoutes(app, dependencies);
  callbackRoutes(app, dependencies);
  inboundRoutes(app, dependencies);
  codecRoutes(app, dependencies, requireKey);
  describe(app, settings.publicUrl);
  return app;
}

function describe(app: OpenAPIHono, publicUrl: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  const about = {
    openapi: '3.1.0',
    info: {
      title: 'Platform connector',
      version: '1',
      description: 'Valid tokens for your platforms, and the steps to connect them. `connector env` prints a key.',
    },
    servers: [{ url: publicUrl }],
  };
  app.get('/openapi.json', (c) => c.json(withGeneralAnswers(app.getOpenAPI31Document(about))));
}

function isForPerson(path: string): boolean {
  return path === '/' || path === '/callback' || path.startsWith('/consent');
}

function problemPage({ options }: Problem): Promise<Response> {
  const { title, detail, remedy } = options;
  return pageResponse(
    { title, tone: 'bad', paragraphs: remedy === undefined ? [detail] : [detail, remedy] },
    options.status,
  );
}
