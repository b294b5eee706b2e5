import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestBrowser, type TestBrowser } from '../../test/browser.ts';
import { testSettings } from '../../test/clients.ts';
import { createTestServer, type TestServer } from '../../test/server.ts';
import { createTestStore, type TestStore } from '../../test/store.ts';

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
let database: TestStore;

beforeAll(async () => {
  database = await createTestStore();
});
afterAll(() => database.close());

/** What a browser sends of itself for pages that are not the server's own, and what a program forges. */
const forged = (own: URL): readonly (readonly [what: string, headers: Record<string, string>])[] => [
  ['a request that says of no page that it sent it', form],
  ['a page in a sandboxed frame, or a file', { ...form, Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }],
  ['a page in a sandboxed frame of an old browser', { ...form, Origin: 'null' }],
  ['a form of another site', { ...form, Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
  ['a form of another site that names ours first', { ...form, Origin: `${own.origin}.evil.example` }],
  ['a sub-domain', { ...form, Origin: `${own.protocol}//sub.${own.host}`, 'Sec-Fetch-Site': 'same-site' }],
  [
    'another port of the host',
    { ...form, Origin: `${own.protocol}//${own.hostname}:3000`, 'Sec-Fetch-Site': 'same-site' },
  ],
  ['another port in an old browser', { ...form, Origin: `${own.protocol}//${own.hostname}:3000` }],
  ['the other scheme', { ...form, Origin: own.origin.replace(/^https?/, own.protocol === 'http:' ? 'https' : 'http') }],
  ['a link of another site', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }],
  ['a typed address', { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' }],
  ['a page that got our origin wrong about itself', { ...form, Origin: own.origin, 'Sec-Fetch-Site': 'cross-site' }],
  ['a page of another port that got our origin', { ...form, Origin: own.origin, 'Sec-Fetch-Site': 'same-site' }],
  ['a fetch with JSON', { 'Content-Type': 'application/json', Origin: 'https://evil.example' }],
];

describe.each([testSettings.publicUrl, 'https://connector.example'])('at %s', (publicUrl) => {
  const own = new URL(publicUrl);
  let server: TestServer;
  let browser: TestBrowser;

  beforeEach(async () => {
    server = createTestServer({ store: database.store, platforms: [], publicUrl });
    browser = createTestBrowser(server, publicUrl);
    const { ticket } = await database.store.consoleSessions.invite();
    await browser.submit('/login', { ticket });
  });

  const post = async (path: string, headers: Record<string, string>, body = ''): Promise<Response> =>
    server.app.request(path, { method: 'POST', body, headers: { Host: own.host, ...headers } });

  const isSignedIn = async (): Promise<boolean> => (await (await browser.open('/')).text()).includes('Sign out');

  it.each(forged(own))('%s signs nobody out', async (_what, headers) => {
    const answer = await post('/logout', { ...headers, Cookie: browser.cookie() ?? '' });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(await isSignedIn()).toBe(true);
  });

  it.each(forged(own))('%s signs nobody in, and uses no link up', async (_what, headers) => {
    const { ticket } = await database.store.consoleSessions.invite();
    const answer = await post('/login', headers, `ticket=${ticket}`);
    expect(answer.status).toBe(403);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await database.store.consoleSessions.redeem(ticket)).not.toBeNull();
  });

  it.each(forged(own))('%s changes nothing anywhere as long as a session comes along', async (_what, headers) => {
    for (const path of [
      '/v1/onboardings',
      '/v1/quota/x/y/reservations',
      '/inbound/facebook/deauthorize',
      '/codec/decode',
    ]) {
      expect((await post(path, { ...headers, Cookie: browser.cookie() ?? '' })).status).toBe(403);
    }
  });

  it('the button of our own page works', async () => {
    expect((await browser.submit('/logout')).status).toBe(303);
    expect(await isSignedIn()).toBe(false);
  });

  it('a page of another port can neither read the console nor show it in a frame or window of its own', async () => {
    const answer = await browser.open('/', { Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'same-site' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });
});
