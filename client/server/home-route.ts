import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { isDatabaseAway } from '../../store/index.ts';
import { consolePage } from './console-page.ts';
import type { ServerDependencies } from './dependencies.ts';
import type { FailureLimit } from './failure-limit.ts';
import { healthOf, type Health } from './health-routes.ts';
import { pageResponse, type Page } from './page.ts';
import { Problem } from './problem.ts';
import type { SessionCookie } from './session-cookie.ts';

/**
 * `GET /`: what this is, whether its parts answer, and where to go on; for whoever is signed in, what is connected and what
 * waits for a person. Without a session it tells of no account.
 */
export function homeRoute(
  app: OpenAPIHono,
  dependencies: ServerDependencies,
  { cookie, failures }: { cookie: SessionCookie; failures: FailureLimit },
): void {
  app.get('/', async (c) => {
    const standing = await standingOf(c, dependencies, cookie);
    if (standing === 'signed in') return consoleOf(dependencies);
    const health = await healthOf(dependencies);
    const response = await pageResponse(homePage(dependencies, health), 200);
    if (standing === 'unknown') {
      const problem = await failures.count(c, unknownSession);
      if (problem !== unknownSession) throw problem;
      // The browser forgets it, so that it is not taken for a failure again and again.
      response.headers.append('Set-Cookie', cookie.take());
    }
    return response;
  });
}

/** Never shown: a session that has ended is told by the page of those who have none. */
const unknownSession = new Problem({ type: 'unknown-session', title: '', status: 401, detail: '' });

async function standingOf(
  c: Context,
  { store }: ServerDependencies,
  cookie: SessionCookie,
): Promise<'signed in' | 'unknown' | 'nobody'> {
  if (!cookie.isIn(c.req)) return 'nobody';
  const session = cookie.read(c.req);
  try {
    return session !== undefined && (await store.consoleSessions.see(session)) ? 'signed in' : 'unknown';
  } catch (error) {
    // Whose session it is cannot be known now; the page says that the database is away.
    if (isDatabaseAway(error)) return 'nobody';
    throw error;
  }
}

async function consoleOf(dependencies: ServerDependencies): Promise<Response> {
  const { connector, store, platforms, clock } = dependencies;
  const [health, reports, tasks] = await Promise.all([healthOf(dependencies), connector.status(), store.tasks.list()]);
  return pageResponse(consolePage({ health, reports, tasks, platforms, now: clock.now() }), 200);
}

const tones = { ok: 'good', degraded: 'waiting', down: 'bad' } as const;

const meanings = {
  ok: 'Everything answers.',
  degraded: 'Tokens are served; what has to wait for Temporal or its worker waits. Run: connector doctor',
  down: 'The database does not answer, so no tokens are served. Run: connector doctor',
} as const;

function homePage({ settings, platforms }: ServerDependencies, health: Health): Page {
  const [temporalUi] = settings.temporalUiOrigins;
  const names = platforms.map(({ name }) => name).join(', ');
  return {
    title: 'Platform connector',
    tone: tones[health.status],
    paragraphs: [
      `It connects accounts of ${names}, keeps the connections alive, and hands out valid tokens.`,
      meanings[health.status],
      'To see here what is connected, sign in: connector login prints a link for your browser.',
      'connector status shows what is connected; connector env prints the key that a program needs.',
    ],
    facts: [
      ['Environment', health.environment],
      ['Database', health.database],
      ['Temporal', health.temporal],
      ['Worker', health.worker],
    ],
    links: [
      { href: '/openapi.json', text: 'The API, described (OpenAPI)' },
      { href: '/healthz', text: 'This health, for programs' },
      ...(temporalUi === undefined ? [] : [{ href: temporalUi, text: "Temporal's web pages" }]),
    ],
  };
}
