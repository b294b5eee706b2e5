import { OpenAPIHono } from '@hono/zod-openapi';
import { routePath } from 'hono/route';
import { createApiKeys } from './api-keys.ts';
import { describeApi } from './api-description.ts';
import { callbackRoutes } from './callback-routes.ts';
import { codecRoutes } from './codec-routes.ts';
import { connectionRoutes } from './connection-routes.ts';
import { consentRoutes } from './consent-routes.ts';
import type { ServerDependencies } from './dependencies.ts';
import { createFailureLimit } from './failure-limit.ts';
import { guardRequests } from './guard-requests.ts';
import { healthRoutes } from './health-routes.ts';
import { homeRoute } from './home-route.ts';
import { invalidRequest } from './invalid-request.ts';
import { inboundRoutes } from './inbound-routes.ts';
import { inboxRoutes } from './inbox-routes.ts';
import { createKnownKeys } from './known-keys.ts';
import { logRequests } from './log.ts';
import { loginRoutes } from './login-routes.ts';
import { onboardingRoutes } from './onboarding-routes.ts';
import { pageResponse } from './page.ts';
import { notFound } from './problem.ts';
import type { Problem } from './problem.ts';
import { quotaRoutes } from './quota-routes.ts';
import { createSessionCookie } from './session-cookie.ts';
import { toProblem } from './to-problem.ts';
import { tokenRoutes } from './token-routes.ts';

/** The HTTP API, the consent links and the OAuth callback as one app; it listens nowhere by itself. */
export function createApp(dependencies: ServerDependencies): OpenAPIHono {
  const { log, settings, store } = dependencies;
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.error.issues);
    },
  });
  app.onError((error, c) => {
    const problem = toProblem(error);
    if (problem.options.status >= 500)
      log.error({ err: error, method: c.req.method, route: routePath(c, -1) }, 'failed');
    return isForPerson(c.req.path) ? problemPage(problem) : problem.toResponse();
  });
  app.notFound((c) =>
    isForPerson(c.req.path) ? problemPage(notFound('such page')) : notFound('such route').toResponse(),
  );

  logRequests(app, log);
  const cookie = createSessionCookie(settings.publicUrl);
  guardRequests(app, settings, cookie);
  const failures = createFailureLimit(log);
  const requireKey = createApiKeys(createKnownKeys(dependencies.environmentKeys, store.apiKeys), failures);
  homeRoute(app, dependencies, { cookie, failures });
  loginRoutes(app, dependencies, { cookie, failures });
  healthRoutes(app, dependencies);
  tokenRoutes(app, dependencies, requireKey);
  connectionRoutes(app, dependencies, requireKey);
  onboardingRoutes(app, dependencies, requireKey);
  inboxRoutes(app, dependencies, requireKey);
  quotaRoutes(app, dependencies, requireKey);
  consentRoutes(app, dependencies);
  callbackRoutes(app, dependencies, failures);
  inboundRoutes(app, dependencies);
  codecRoutes(app, dependencies, requireKey);
  describeApi(app, settings.publicUrl);
  return app;
}

const pages: ReadonlySet<string> = new Set(['/', '/callback', '/login', '/logout']);

function isForPerson(path: string): boolean {
  return pages.has(path) || path.startsWith('/consent');
}

async function problemPage({ options }: Problem): Promise<Response> {
  const { title, detail, remedy, status, headers = {} } = options;
  const paragraphs = remedy === undefined ? [detail] : [detail, remedy];
  const response = await pageResponse({ title, tone: 'bad', paragraphs }, status);
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
