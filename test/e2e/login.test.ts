import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { listen } from '../../client/server/listen.ts';
import { createLog } from '../../client/server/log.ts';
import { loginAddress } from '../../client/login-address.ts';
import { chromiumEngine } from '../../infra/engines/chromium.ts';
import { choosePort } from '../../infra/environment/ports.ts';
import { openConnection } from '../clients.ts';
import { createCountingPlatform } from '../counting-platform.ts';
import { createTestServer, type TestServer } from '../server.ts';
import { createTestStore, type TestStore } from '../store.ts';

// The browser may have to be fetched first, once a machine.
const timeout = 10 * 60_000;
const quiet = ['background-networking', 'component-update', 'gpu', 'quic', 'sync'].map((name) => `--disable-${name}`);
const { platform } = createCountingPlatform();

let database: TestStore;
let server: TestServer;
let listening: Server;
let browser: Browser;
let publicUrl: string;

beforeAll(async () => {
  const [port, { path: executablePath }] = await Promise.all([choosePort(undefined, []), chromiumEngine()]);
  publicUrl = `http://localhost:${port}`;
  [database, browser] = await Promise.all([
    createTestStore(),
    chromium.launch({ executablePath, chromiumSandbox: false, args: [...quiet, '--no-first-run'] }),
  ]);
  server = createTestServer({ store: database.store, platforms: [platform], publicUrl });
  await openConnection(database.store, platform);
  listening = await listen({ host: '127.0.0.1', port }, server.app.fetch, createLog());
}, timeout);

afterAll(async () => {
  await browser.close();
  listening.closeAllConnections();
  listening.close();
  await server.close();
  await database.close();
});

async function openLoginLink(): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  const { ticket } = await database.store.consoleSessions.invite();
  await page.goto(loginAddress(publicUrl, ticket));
  return { page, complaints };
}

async function signedIn(): Promise<{ page: Page; complaints: string[] }> {
  const opened = await openLoginLink();
  await opened.page.getByRole('button', { name: 'Sign in' }).click();
  await opened.page.waitForURL(`${publicUrl}/`);
  return opened;
}

/** Another program of this machine that serves pages, as people run many; gives its address. */
async function otherServer(html: string, headers: Record<string, string> = {}): Promise<string> {
  const other = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html', ...headers }).end(html);
  });
  const port = await choosePort(undefined, []);
  other.listen(port, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => {
    other.closeAllConnections();
    other.close();
  });
  return `http://localhost:${port}/`;
}

test('a person opens the link, presses the button, sees the console, and signs out', async () => {
  const { page, complaints } = await signedIn();
  expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toContain('Connections');
  expect(await page.getByRole('cell').allInnerTexts()).toContain('Ada');
  await page.reload();
  expect(await page.getByRole('cell').allInnerTexts()).toContain('Ada');
  expect((await page.locator('main').boundingBox())?.width).toBeGreaterThan(600);
  expect(await page.context().cookies()).toMatchObject([{ httpOnly: true, sameSite: 'Strict', path: '/' }]);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${publicUrl}/`);
  expect(await page.locator('main').innerText()).toContain('connector login');
  expect(await page.context().cookies()).toEqual([]);
  expect(complaints).toEqual([]);
});

test('a link that was used leads to nothing, and says how to get another', async () => {
  const { page } = await signedIn();
  await page.goBack();
  await page.getByRole('button', { name: 'Sign in' }).click();
  expect(await page.locator('main').innerText()).toContain('connector login');
});

test('the ticket goes to nobody with the next address that the browser asks for', async () => {
  const asked: (string | undefined)[] = [];
  const note = (request: IncomingMessage): void => void asked.push(request.headers.referer);
  listening.on('request', note);
  onTestFinished(() => void listening.off('request', note));
  await signedIn();
  expect(asked.length).toBeGreaterThan(2);
  for (const referrer of asked) expect(referrer ?? '').not.toContain('ticket');
});

test('a page of another port of this machine can press no button of the console and read nothing of it', async () => {
  const { page } = await signedIn();
  const other = await otherServer(`<form method="post" action="${publicUrl}/logout"><button>Win</button></form>`);
  await page.goto(other);
  const read = await page.evaluate(async (url) => {
    const answers = ['/', '/v1/connections'].map(async (path) =>
      fetch(url + path, { credentials: 'include' }).then(
        () => 'read',
        () => 'refused',
      ),
    );
    return Promise.all(answers);
  }, publicUrl);
  expect(read).toEqual(['refused', 'refused']);
  await page.getByRole('button', { name: 'Win' }).click();
  expect(await page.locator('main').innerText()).toContain('may change nothing here');
  await page.goto(publicUrl);
  expect(await page.getByRole('button', { name: 'Sign out' }).isVisible()).toBe(true);
});

test('a page of another port shows the console in no frame', async () => {
  const { page } = await signedIn();
  const other = await otherServer(`<iframe src="${publicUrl}/"></iframe>`);
  await page.goto(other);
  const frame = page.frames().find((one) => one !== page.mainFrame());
  await frame?.waitForLoadState();
  expect(frame?.url()).not.toBe(`${publicUrl}/`);
});

test('a session that another port plants opens nothing, and signing in gives a new one', async () => {
  const { page } = await signedIn();
  const [session] = await page.context().cookies();
  const planted = `${session?.name ?? ''}=${'A'.repeat(43)}; Path=/`;
  const other = await otherServer('planted', { 'Set-Cookie': planted });
  await page.goto(other);
  await page.goto(publicUrl);
  expect(await page.locator('main').innerText()).toContain('connector login');
  const { ticket } = await database.store.consoleSessions.invite();
  await page.goto(other);
  await page.goto(loginAddress(publicUrl, ticket));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${publicUrl}/`);
  expect(await page.context().cookies()).toMatchObject([{ httpOnly: true }]);
  expect(JSON.stringify(await page.context().cookies())).not.toContain('AAAA');
});
