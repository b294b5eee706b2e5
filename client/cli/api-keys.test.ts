import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { digestOf, parseKeyRing } from '../../store/index.ts';
import { createTestStore, newKey, type TestStore } from '../../test/store.ts';
import type { Io } from './io.ts';
import { lifetimeMs } from './lifetime.ts';
import { runCli } from './program.ts';

const ring = newKey('k1');
let database: TestStore;

beforeAll(async () => {
  database = await createTestStore(parseKeyRing([ring]));
});
afterAll(() => database.close());

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** In an environment whose Temporal is away, by the role of a worker unless another is said. */
async function run(args: readonly string[], url = database.database.workerUrl): Promise<Said> {
  const said = { out: '', err: '' };
  const io: Io = {
    env: {
      ...{ CONNECTOR_HOME: '/nonexistent', CONNECTOR_ENV: 'hosted', CONNECTOR_URL: 'https://connector.example' },
      ...{ DATABASE_URL: url, TEMPORAL_ADDRESS: '127.0.0.1:9' },
      CONNECTOR_KEY_RING: JSON.stringify([ring]),
      CONNECTOR_API_KEYS: JSON.stringify([{ name: 'local', key: 'pac_of-the-stack', scopes: ['tokens:read'] }]),
    },
    ...{ isTerminal: false, canAsk: false },
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    readInput: () => Promise.resolve(''),
  };
  return { code: await runCli(args, io), ...said };
}

const keys = (...args: string[]): Promise<Said> => run(['api-keys', ...args]);
const made = z.object({ key: z.string(), expiresAt: z.string().nullable(), scopes: z.array(z.string()) });

describe('connector api-keys', () => {
  it('shows a new key once, for a program as for a person, and never again', async () => {
    const first = await keys('create', '--name', 'poster', '--scope', 'tokens:read', '--expires', '90d', '--json');
    expect(first.code).toBe(0);
    const { key, expiresAt, scopes } = made.parse(JSON.parse(first.out));
    expect(scopes).toEqual(['tokens:read']);
    expect(Date.parse(expiresAt ?? '') - Date.now()).toBeGreaterThan(89 * 86_400_000);
    expect(await database.store.apiKeys.find(digestOf(key))).toMatchObject({ name: 'poster' });

    const scope = ['--scope', 'codec', '--scope', 'connections:write'];
    const plain = await keys('create', 'builder', '--expires', 'never', ...scope);
    expect(plain.out).toMatch(/^pac_[0-9A-Za-z]{49}\n$/);
    expect(plain.err).toContain('shown this once');

    for (const listed of [await keys('list'), await keys('list', '--all', '--json')]) {
      for (const name of ['local', 'poster', 'builder']) expect(listed.out).toContain(name);
      for (const secret of [key, plain.out.trim(), 'pac_of-the-stack']) expect(listed.out).not.toContain(secret);
    }
    expect(z.array(z.unknown()).parse(JSON.parse((await keys('list', '--json')).out))).toMatchObject([
      { name: 'local', source: 'stack', expiresAt: null },
      { name: 'poster', source: 'command', lastUsedAt: null, revokedAt: null },
      { name: 'builder', scopes: ['codec', 'connections:write'], expiresAt: null },
    ]);
  });

  it('makes a key that reads tokens and ends, unless told otherwise', async () => {
    const { key, expiresAt, scopes } = made.parse(JSON.parse((await keys('create', 'plain', '--json')).out));
    expect(key).toMatch(/^pac_/);
    expect(scopes).toEqual(['tokens:read']);
    expect(expiresAt).not.toBeNull();
  });

  it('revokes a key by its name, which is free again then', async () => {
    const { key } = made.parse(JSON.parse((await keys('create', 'lost', '--json')).out));
    const taken = await keys('create', 'lost');
    expect(taken.code).toBe(1);
    expect(taken.err).toContain('connector api-keys revoke lost');
    const revoked = await keys('revoke', 'lost');
    expect(revoked.code).toBe(0);
    expect(revoked.out).toContain('5 seconds');
    expect(await database.store.apiKeys.find(digestOf(key))).toBeNull();
    expect((await keys('list')).out).not.toContain('lost');
    expect((await keys('list', '--all')).out).toMatch(/lost .*revoked/);
    expect((await keys('create', 'lost')).code).toBe(0);
  });

  it.each([
    [2, ['create'], 'What is the key called?'],
    [2, ['turn'], 'no "connector api-keys turn"'],
    [2, ['create', 'Upper Case'], 'lower-case'],
    [2, ['create', 'a', '--scope', 'everything'], 'tokens:read, connections:write, codec'],
    [2, ['create', 'a', '--expires', 'soon'], '90d'],
    [1, ['create', 'local'], 'belongs to the stack'],
    [1, ['revoke', 'local'], 'pulumi up'],
    [1, ['revoke', 'nobody'], 'connector api-keys list'],
  ] as const)('ends with %i and the reason for %j', async (code, args, reason) => {
    const refused = await keys(...args);
    expect(refused.code).toBe(code);
    expect(refused.err).toContain(reason);
    expect(refused.out).toBe('');
  });

  it.each([
    ['90d', 90 * 86_400_000],
    ['12h', 12 * 3_600_000],
    ['30min', 1_800_000],
    ['never', null],
  ])('takes the time %s', (text, ms) => {
    expect(lifetimeMs(text)).toBe(ms);
  });

  it.each(['', '0d', '-1d', '1.5d', '90', 'd', '90 d', '1e3d', '9999999d', '30m'])('takes no time %j', (text) => {
    expect(lifetimeMs(text)).toBeUndefined();
  });
});

describe('connector login', () => {
  it('prints a link that signs in once, at the address that people use', async () => {
    const { code, out } = await run(['login', '--json']);
    expect(code).toBe(0);
    const { url, expiresAt } = z.object({ url: z.string(), expiresAt: z.string() }).parse(JSON.parse(out));
    expect(url).toMatch(/^https:\/\/connector\.example\/login\?ticket=[\w-]{43}$/);
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(Date.now() + 601_000);
    const ticket = new URL(url).searchParams.get('ticket') ?? '';
    expect(await database.store.consoleSessions.redeem(ticket)).not.toBeNull();
    expect((await run(['login'])).out).toContain('connector login');
  });

  it('is taken back by connector logout, with all sessions', async () => {
    const { url } = z.object({ url: z.string() }).parse(JSON.parse((await run(['login', '--json'])).out));
    const { ticket } = await database.store.consoleSessions.invite();
    const session = await database.store.consoleSessions.redeem(ticket);
    expect((await run(['logout', '--json'])).code).toBe(0);
    expect(await database.store.consoleSessions.see(session ?? '')).toBe(false);
    expect(await database.store.consoleSessions.redeem(new URL(url).searchParams.get('ticket') ?? '')).toBeNull();
    expect((await run(['logout'])).out).toBe('Signed out: 0 browsers.\n');
  });

  it('is for those who may let people in: a role that only reads is told that it may not', async () => {
    const { code, err, out } = await run(['login'], database.database.readerUrl);
    expect(code).toBe(1);
    expect(err).toContain('permission denied');
    expect(out).toBe('');
  });
});
