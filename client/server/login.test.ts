import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestBrowser, type TestBrowser } from '../../test/browser.ts';
import { openConnection, storedSecrets, testSettings } from '../../test/clients.ts';
import { createCountingPlatform } from '../../test/counting-platform.ts';
import { askServer, createTestServer, type TestServer } from '../../test/server.ts';
import { createTestStore, type TestStore } from '../../test/store.ts';

const { platform } = createCountingPlatform();
let database: TestStore;
let server: TestServer;
let browser: TestBrowser;

beforeAll(async () => {
  database = await createTestStore();
});
afterAll(() => database.close());
beforeEach(() => serve());
afterEach(() => server.close());

function serve(publicUrl: string = testSettings.publicUrl): void {
  server = createTestServer({ store: database.store, platforms: [platform], publicUrl });
  browser = createTestBrowser(server, publicUrl);
}

const invite = async (): Promise<string> => (await database.store.consoleSessions.invite()).ticket;

async function signIn(): Promise<Response> {
  return browser.submit('/login', { ticket: await invite() });
}

async function homeText(): Promise<string> {
  return (await browser.open('/')).text();
}

describe('a login link', () => {
  it('is not used up by being opened, as previews do; the button on its page signs in, once', async () => {
    const ticket = await invite();
    for (const method of ['GET', 'HEAD', 'GET']) {
      const seen = await server.app.request(`/login?ticket=${ticket}`, { method, headers: { Host: 'localhost:8422' } });
      expect(seen.status).toBe(200);
      expect(seen.headers.getSetCookie()).toEqual([]);
    }
    const page = await (await browser.open(`/login?ticket=${ticket}`)).text();
    expect(page).toMatch(/<form method="post" action="\/login">/);
    expect(page).toContain(`value="${ticket}"`);

    const answer = await browser.submit('/login', { ticket });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('http://localhost:8422/');
    expect(await homeText()).toContain('Sign out');

    const other = createTestBrowser(server, testSettings.publicUrl);
    const again = await other.submit('/login', { ticket });
    expect(again.status).toBe(400);
    expect(await again.text()).toContain('connector login');
    expect(other.cookie()).toBeNull();
  });

  it('tells its ticket to nobody: no log, no referrer, no cache, no script', async () => {
    const ticket = await invite();
    const page = await browser.open(`/login?ticket=${ticket}`);
    await browser.submit('/login', { ticket });
    await browser.submit('/login', { ticket });
    await browser.open(`/login/${ticket}`);
    await browser.open(`/v1/tokens/${ticket}`);
    expect(server.log()).toContain('/login');
    expect(server.log()).not.toContain(ticket);
    expect(server.log()).not.toContain(browser.cookie()?.split('=')[1]);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('cache-control')).toBe('no-store');
    const policy = page.headers.get('content-security-policy');
    for (const rule of ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"]) {
      expect(policy).toContain(rule);
    }
    expect(policy).not.toContain('script');
    // What the page itself allows is the bare origin, without which browsers would call its own form foreign.
    expect(await page.text()).toContain('<meta name="referrer" content="strict-origin" />');
  });

  it('moves the browser to the address that people use first, where the session will be', async () => {
    const answer = await browser.open('/login?ticket=a%26b', { Host: '127.0.0.1:8422' });
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('http://localhost:8422/login?ticket=a%26b');
  });

  it('shows no ticket that would break out of its page', async () => {
    const page = await (await browser.open(`/login?ticket=${encodeURIComponent('"><script>')}`)).text();
    expect(page).not.toContain('<script>');
  });
});

describe('a session', () => {
  it('is a cookie that pages cannot read and other sites cannot send', async () => {
    const given = (await signIn()).headers.getSetCookie()[0] ?? '';
    expect(given).toMatch(/^connector_session_8422=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    serve('https://connector.example');
    expect((await signIn()).headers.getSetCookie()[0]).toMatch(
      /^__Host-connector_session_443=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it('is a new one with each sign-in, whatever the browser brought, and ends the one before', async () => {
    browser.setCookie(`connector_session_8422=${'A'.repeat(43)}`);
    await signIn();
    const first = browser.cookie() ?? '';
    expect(first).not.toContain('AAAA');
    await signIn();
    const second = browser.cookie();
    expect(second).not.toBe(first);
    browser.setCookie(first);
    expect(await homeText()).not.toContain('Sign out');
  });

  it('that somebody planted opens nothing, and beside the true one neither counts', async () => {
    await signIn();
    const own = browser.cookie() ?? '';
    for (const planted of [
      `connector_session_8422=${'B'.repeat(43)}`,
      'connector_session_8422=',
      `connector_session_8422=${'B'.repeat(43)}; ${own}`,
      `${own}; connector_session_8422=${'B'.repeat(43)}`,
      // That of another environment on this machine.
      own.replace('8422', '8430'),
    ]) {
      browser.setCookie(planted);
      expect(await homeText()).toContain('connector login');
    }
    browser.setCookie(own);
    expect(await homeText()).toContain('Sign out');
  });

  it('ends here and in the browser when its person signs out', async () => {
    await signIn();
    const session = browser.cookie() ?? '';
    const out = await browser.submit('/logout');
    expect(out.status).toBe(303);
    expect(out.headers.getSetCookie()[0]).toMatch(
      /^connector_session_8422=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    browser.setCookie(session);
    expect(await homeText()).not.toContain('Sign out');
    // A link cannot sign anybody out.
    expect((await browser.open('/logout')).status).toBe(404);
  });

  it('is forgotten by the browser once it has ended', async () => {
    browser.setCookie(`connector_session_8422=${'C'.repeat(43)}`);
    const answer = await browser.open('/');
    expect(answer.status).toBe(200);
    expect(browser.cookie()).toBeNull();
  });

  it('opens no part of the API, which takes keys alone', async () => {
    await signIn();
    for (const path of ['/v1/connections', '/v1/tokens/counting', '/v1/inbox', '/codec']) {
      expect((await browser.open(path)).status).toBe(401);
    }
  });
});

describe('the console', () => {
  it('shows whoever is signed in what is connected and what to do, and nobody else anything of it', async () => {
    const facts = await openConnection(database.store, platform, { owner: 'ann' });
    await database.store.connections.setNextRefresh(facts.id, new Date(Date.now() + 40 * 60_000).toISOString());
    await database.store.tasks.open({
      ...{ connectionId: facts.id, owner: 'ann', platform: platform.id, dedupeKey: 'console' },
      ...{
        title: 'Agree <again>',
        why: 'The consent ends.',
        link: 'https://www.counting.example/consent',
        dueAt: null,
      },
    });
    const before = await homeText();
    await signIn();
    const page = await browser.open('/');
    const text = await page.text();
    for (const shown of [
      platform.name,
      'Ada',
      'ann',
      'active',
      'in 40 min',
      'Agree &lt;again&gt;',
      'The consent ends.',
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).toContain('<a rel="noreferrer" href="https://www.counting.example/consent">');
    expect(page.headers.get('cache-control')).toBe('no-store');
    for (const secret of Object.values(storedSecrets)) expect(text).not.toContain(secret);
    for (const told of ['Ada', 'ann', 'Agree']) expect(before).not.toContain(told);
    expect(before).toContain('connector login');
  });

  it('makes no link of what a browser would run', async () => {
    const facts = await openConnection(database.store, platform);
    await database.store.tasks.open({
      ...{ connectionId: facts.id, owner: 'default', platform: platform.id, dedupeKey: 'script' },
      ...{ title: 'Click', why: 'Now.', link: 'javascript:alert(1)', dueAt: null },
    });
    await signIn();
    expect(await homeText()).not.toContain('href="javascript');
  });

  it('says that the database is away instead of breaking, and signs nobody out for it', async () => {
    await signIn();
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const fail = (): Promise<never> => Promise.reject(away);
    const { connections, consoleSessions } = database.store;
    const store = {
      ...database.store,
      connections: { ...connections, facts: fail },
      consoleSessions: { ...consoleSessions, see: fail, redeem: fail },
    };
    const cut = createTestServer({ store, platforms: [platform] });
    const answer = await cut.app.request('/', { headers: { Host: 'localhost:8422', Cookie: browser.cookie() ?? '' } });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('The database does not answer');
    expect(answer.headers.getSetCookie()).toEqual([]);
    const login = await createTestBrowser(cut, testSettings.publicUrl).submit('/login', { ticket: await invite() });
    expect(login.status).toBe(503);
    await cut.close();
  });

  it('is no part of what programs are told of the API', async () => {
    const { body } = await askServer(server, '/openapi.json');
    expect(JSON.stringify(body)).not.toContain('/login');
  });
});
