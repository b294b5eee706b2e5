import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codecKey, fullKey, testSettings } from '../../test/clients.ts';
import { createTestServer, type TestServer } from '../../test/server.ts';
import { createTestStore, type TestStore } from '../../test/store.ts';
import { newApiKey } from '../../store/random-secrets.ts';
import { counterOf, counters, failuresAllowed, networkOf } from './failure-limit.ts';

let database: TestStore;
let server: TestServer;

beforeAll(async () => {
  database = await createTestStore();
});
afterAll(() => database.close());
beforeEach(() => {
  server = createTestServer({ store: database.store, platforms: [] });
});
afterEach(() => server.close());

interface Sent {
  readonly from?: string;
  readonly headers?: Record<string, string>;
  readonly method?: string;
  readonly body?: string;
}

/** As it arrives from an address over a socket. */
async function send(path: string, { from = '203.0.113.7', headers = {}, ...init }: Sent = {}): Promise<Response> {
  const incoming = { socket: { remoteAddress: from } };
  return server.app.request(path, { ...init, headers: { Host: 'localhost:8422', ...headers } }, { incoming });
}

const own = { Origin: testSettings.publicUrl, 'Content-Type': 'application/x-www-form-urlencoded' };
const withKey = (key: string): Sent => ({ headers: { Authorization: `Bearer ${key}` } });
const wrong: readonly (readonly [what: string, path: string, sent: () => Sent, status: number])[] = [
  ['keys', '/v1/connections', () => withKey('guessed'), 401],
  ['keys that look right', '/v1/tokens/youtube', () => withKey(newApiKey()), 401],
  ['keys that a browser sends', '/codec', () => ({ headers: { Authorization: `Basic ${btoa('a:guessed')}` } }), 401],
  ['login links', '/login', () => ({ method: 'POST', headers: own, body: `ticket=${'A'.repeat(43)}` }), 400],
  ['answers of a consent', '/callback?state=guessed&code=c', () => ({}), 400],
  ['sessions', '/', () => ({ headers: { Cookie: `connector_session_8422=${'A'.repeat(43)}` } }), 200],
];

const nameOf = ([what]: (typeof wrong)[number]): string => `beside wrong ${what}`;

async function exhaust([, path, sent]: (typeof wrong)[number], from?: string): Promise<void> {
  for (let times = 0; times <= failuresAllowed.points; times += 1) {
    await send(path, { ...sent(), ...(from === undefined ? {} : { from }) });
  }
}

describe.each(wrong)('wrong %s', (...failure) => {
  const [, path, sent, status] = failure;

  it('are answered with their reason a few times, and then with how long to wait', async () => {
    for (let times = 0; times < failuresAllowed.points; times += 1) {
      expect((await send(path, sent())).status).toBe(status);
    }
    const answer = await send(path, sent());
    expect(answer.status).toBe(429);
    const seconds = Number(answer.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(failuresAllowed.duration);
    const isApi = path.startsWith('/v1') || path.startsWith('/codec');
    expect(answer.headers.get('content-type')).toBe(isApi ? 'application/problem+json' : 'text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    if (isApi) expect(await answer.json()).toMatchObject({ type: '/problems/too-many-failures', status: 429 });
  });

  it('lock nobody out who has what is right, not even at the same address', async () => {
    await exhaust(failure);
    expect((await send('/v1/connections', withKey(fullKey))).status).toBe(200);
    const made = await database.store.apiKeys.create({
      name: nameOf(failure),
      scopes: ['tokens:read'],
      lifetimeMs: null,
    });
    expect((await send('/v1/connections', withKey(made?.key ?? ''))).status).toBe(200);
    await database.store.apiKeys.revoke(nameOf(failure));
    const { ticket } = await database.store.consoleSessions.invite();
    const login = await send('/login', { method: 'POST', headers: own, body: `ticket=${ticket}` });
    expect(login.status).toBe(303);
    const [cookie = ''] = login.headers.getSetCookie()[0]?.split(';') ?? [];
    expect(await (await send('/', { headers: { Cookie: cookie } })).text()).toContain('Sign out');
  });

  it('at one address are nothing to those at another', async () => {
    await exhaust(failure, '203.0.113.7');
    expect((await send(path, { ...sent(), from: '198.51.100.2' })).status).toBe(status);
  });
});

describe('what any web page can make a browser send', () => {
  it('is not counted: requests without a key', async () => {
    for (let times = 0; times < 3 * failuresAllowed.points; times += 1) {
      expect((await send('/v1/tokens/youtube')).status).toBe(401);
      expect((await send('/codec')).status).toBe(401);
      expect((await send('/login', { method: 'POST', headers: { Origin: 'https://evil.example' } })).status).toBe(403);
    }
    expect((await send('/v1/tokens/youtube', withKey('guessed'))).status).toBe(401);
  });

  it('nor is a known key that lacks the scope', async () => {
    for (let times = 0; times < 2 * failuresAllowed.points; times += 1) {
      expect((await send('/v1/tokens/youtube', withKey(codecKey))).status).toBe(403);
    }
  });
});

it('is said in the log once for an address, without what was sent', async () => {
  for (let times = 0; times < 3 * failuresAllowed.points; times += 1) await send('/v1/connections', withKey('guessed'));
  expect(server.log().match(/too many failures/g)).toHaveLength(1);
  expect(server.log()).toContain('203.0.113.7');
  expect(server.log()).not.toContain('guessed');
});

it('holds no more in memory for all addresses of the world than for a few thousand', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), fc.string(), (address, salt) => {
      const counter = counterOf(address, salt);
      expect(counter).toBeGreaterThanOrEqual(0);
      expect(counter).toBeLessThan(counters);
    }),
  );
  expect(counters).toBeLessThan(10_000);
});

describe('an address', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::1', '0:0:0:0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['::2:3:4:5:6:7', '0:0:2:3'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('%s stands for %s, because one customer has all of a network of IPv6', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
