import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestBrowser } from '../../test/browser.ts';
import { openConnection, testSettings } from '../../test/clients.ts';
import { createCountingPlatform } from '../../test/counting-platform.ts';
import { createTestServer, type TestServer } from '../../test/server.ts';
import { createTestStore, type TestStore } from '../../test/store.ts';

const { platform } = createCountingPlatform();
const evil = 'https://evil.example/';
const names = [
  'next',
  'return',
  'returnTo',
  'return_to',
  'redirect',
  'redirect_uri',
  'redirect_url',
  'continue',
  'url',
  'link',
  'to',
];
const hostile = new URLSearchParams(Object.fromEntries(names.map((name) => [name, evil]))).toString();
const headers = {
  'X-Forwarded-Host': 'evil.example',
  'X-Forwarded-Proto': 'https',
  Forwarded: 'host=evil.example',
  Referer: evil,
};
// Where configuration and the platform's own code lead.
const allowed: ReadonlySet<string> = new Set([testSettings.publicUrl, 'https://www.counting.example']);

let database: TestStore;
let server: TestServer;
let connectionId: string;

beforeAll(async () => {
  database = await createTestStore();
  connectionId = (await openConnection(database.store, platform, { status: 'pending' })).id;
});
afterAll(() => database.close());
beforeEach(() => {
  server = createTestServer({ store: database.store, platforms: [platform] });
});
afterEach(() => server.close());

async function targetOf(path: string, host = 'localhost:8422'): Promise<URL | null> {
  const response = await server.app.request(path, { headers: { ...headers, Host: host } });
  const location = response.headers.get('location');
  return location === null ? null : new URL(location, testSettings.publicUrl);
}

it('a consent link leads to the platform, or to our own address first, and nowhere that its reader says', async () => {
  for (const host of ['localhost:8422', '127.0.0.1:8422', '127.0.0.1:9', '[::1]:8422']) {
    for (const path of [
      `/consent/${connectionId}?${hostile}`,
      `/consent//evil.example`,
      `/consent/${connectionId}%2f..%2f`,
    ]) {
      const target = await targetOf(path, host);
      if (target !== null) expect(allowed).toContain(target.origin);
      expect(target?.href ?? '').not.toContain(evil);
    }
  }
  const target = await targetOf(`/consent/${connectionId}?${hostile}`);
  expect(target?.searchParams.get('redirect_uri')).toBe(`${testSettings.publicUrl}/callback`);
});

it('the callback leads nowhere by itself, and its page only back to the consent', async () => {
  const begun = await server.app.request(`/consent/${connectionId}`, { headers: { Host: 'localhost:8422' } });
  const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const [cookie = ''] = begun.headers.getSetCookie()[0]?.split(';') ?? [];
  for (const query of [`state=${state}&error=access_denied&error_uri=${evil}&${hostile}`, `state=forged&${hostile}`]) {
    const path = `/callback?${query}`;
    const answer = await server.app.request(path, { headers: { ...headers, Host: 'localhost:8422', Cookie: cookie } });
    expect(answer.headers.get('location')).toBeNull();
    const page = await answer.text();
    for (const [, href = ''] of page.matchAll(/href="([^"]*)"/g)) expect(allowed).toContain(new URL(href).origin);
  }
});

it('signing in and out ends at our own start page, whatever the link or the form says', async () => {
  const browser = createTestBrowser(server, testSettings.publicUrl);
  const { ticket } = await database.store.consoleSessions.invite();
  const page = await (await browser.open(`/login?ticket=${ticket}&${hostile}`)).text();
  expect(page).not.toContain('evil.example');
  const form = Object.fromEntries(names.map((name) => [name, evil]));
  const login = await browser.submit(`/login?${hostile}`, { ...form, ticket });
  expect(login.headers.get('location')).toBe(`${testSettings.publicUrl}/`);
  const logout = await browser.submit(`/logout?${hostile}`, form);
  expect(logout.headers.get('location')).toBe(`${testSettings.publicUrl}/`);
  expect((await targetOf(`/login?ticket=t&${hostile}`, '127.0.0.1:8422'))?.href).toBe(
    `${testSettings.publicUrl}/login?ticket=t`,
  );
});

it.each([
  '//evil.example',
  '/%2F%2Fevil.example',
  '/\\\\evil.example',
  '/?next=//evil.example',
  '/codec?next=//evil.example',
  '/inbound//evil.example',
])('%s leads nowhere', async (path) => {
  const request = new Request(new URL(`http://localhost:8422${path}`), { headers });
  const answer = await server.app.request(request);
  expect(answer.headers.get('location')).toBeNull();
});

it('an address that is not ours is no reason to lead anywhere', async () => {
  for (const path of ['/login?ticket=t', `/consent/${connectionId}`, '/']) {
    const answer = await server.app.request(path, { headers: { ...headers, Host: 'evil.example' } });
    expect(answer.status).toBe(421);
    expect(answer.headers.get('location')).toBeNull();
  }
});
