import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { loginAddress } from '../login-address.ts';
import type { ServerDependencies } from './dependencies.ts';
import type { FailureLimit } from './failure-limit.ts';
import { hostOf } from './guard-requests.ts';
import { refuseForeignPage } from './own-page.ts';
import { pageResponse } from './page.ts';
import { Problem } from './problem.ts';
import type { SessionCookie } from './session-cookie.ts';

/**
 * `/login` and `/logout`. Opening a login link changes nothing, because previews and virus scanners open links too: the
 * button on its page spends the ticket. A session is always a new one, whatever the browser brought. Where it goes on
 * is not for the request to say.
 */
export function loginRoutes(
  app: OpenAPIHono,
  { store, settings, log }: ServerDependencies,
  { cookie, failures }: { cookie: SessionCookie; failures: FailureLimit },
): void {
  const publicUrl = new URL(settings.publicUrl);
  app.get('/login', (c) => {
    const ticket = c.req.query('ticket') ?? '';
    // The session must be on the address that people use.
    if (hostOf(c.req) !== publicUrl.host) return c.redirect(loginAddress(settings.publicUrl, ticket), 302);
    return loginPage(ticket);
  });
  app.post('/login', async (c) => {
    refuseForeignPage(c.req, publicUrl);
    const session = await store.consoleSessions.redeem(await ticketIn(c), { instead: cookie.read(c.req) });
    if (session === null) throw await failures.count(c, spentTicket());
    log.info('signed in to the console');
    c.header('Set-Cookie', cookie.give(session));
    return home(c, publicUrl);
  });
  app.post('/logout', async (c) => {
    refuseForeignPage(c.req, publicUrl);
    const session = cookie.read(c.req);
    if (session !== undefined) await store.consoleSessions.end(session);
    log.info('signed out of the console');
    c.header('Set-Cookie', cookie.take());
    return home(c, publicUrl);
  });
}

function home(c: Context, publicUrl: URL): Response {
  c.header('Cache-Control', 'no-store');
  return c.redirect(new URL('/', publicUrl).href, 303);
}

async function ticketIn(c: Context): Promise<string> {
  const form = await c.req.parseBody().catch(() => ({ ticket: '' }));
  return typeof form['ticket'] === 'string' ? form['ticket'] : '';
}

function loginPage(ticket: string): Promise<Response> {
  return pageResponse(
    {
      title: 'Sign in to the console',
      tone: 'plain',
      paragraphs: ['This link works once, and for ten minutes after it was made.'],
      form: { action: '/login', text: 'Sign in', values: { ticket } },
    },
    200,
  );
}

function spentTicket(): Problem {
  return new Problem({
    type: 'spent-ticket',
    title: 'This link does not work any more',
    status: 400,
    detail: 'It was used already, is more than ten minutes old, or is not complete.',
    remedy: 'Make a new one where the connector runs: connector login',
  });
}
