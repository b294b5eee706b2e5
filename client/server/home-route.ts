import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ServerDependencies } from './dependencies.ts';
import { healthOf, type Health } from './health-routes.ts';
import { pageResponse, type Page } from './page.ts';

/** `GET /`: what this is, whether its parts answer, and where to go on. Needs no key, so it tells of no account. */
export function homeRoute(app: OpenAPIHono, dependencies: ServerDependencies): void {
  app.get('/', async () => pageResponse(homePage(dependencies, await healthOf(dependencies)), 200));
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
