import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNetwork } from '../../platforms/network.ts';
import { fakeOrchestration, openConnection, storedSecrets, testSettings } from '../../test/clients.ts';
import { createCountingPlatform } from '../../test/counting-platform.ts';
import type { CountingPlatform } from '../../test/counting-platform.ts';
import { createTestStore, type TestStore } from '../../test/store.ts';
import { connect } from './index.ts';
import type { Connector } from './index.ts';
import type { Orchestration } from './orchestration.ts';

let database: TestStore;
let counting: CountingPlatform;
const network = createNetwork();
const open: Connector[] = [];

beforeAll(async () => {
  database = await createTestStore();
});
afterAll(async () => {
  await network.close();
  await database.close();
});
beforeEach(async () => {
  counting = createCountingPlatform();
  await database.admin.query('delete from connector.platform_connections');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connector) => connector.close()));
});

async function connected(orchestration: Orchestration | null = fakeOrchestration()): Promise<Connector> {
  const { store } = database;
  const platforms = [counting.platform];
  const connector = await connect({ settings: testSettings, store, platforms, network, orchestration });
  open.push(connector);
  return connector;
}

async function failureOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('It was expected to fail.');
  for (const secret of Object.values(storedSecrets))
    expect(`${error.message} ${error.stack ?? ''}`).not.toContain(secret);
  return { ...Object.fromEntries(Object.entries(error)), name: error.name, message: error.message };
}

const temporarily = { kind: 'transient', code: 'http_503', cause: 'Counting is down.', remedy: 'Wait.' } as const;

describe('a token', () => {
  it('has exactly the fields of the contract', async () => {
    const facts = await openConnection(database.store, counting.platform, { accountId: 'a-1' });
    const token = await (await connected()).getValidToken('counting');
    expect(token).toStrictEqual({
      connectionId: facts.id,
      platform: 'counting',
      accountId: 'a-1',
      accountName: 'Ada',
      accessToken: 'stored-access-token',
      expiresAt: facts.expiresAt,
      scopes: ['post'],
      mode: 'live',
      capabilities: ['post', 'read'],
      credentials: { client_id: 'client-1', ...storedSecrets },
    });
    expect(Object.keys(token.credentials)).toEqual(['client_id', 'client_secret', 'access_token', 'refresh_token']);
  });

  it('that is fresh comes without Temporal and without the platform, also by an alias', async () => {
    await openConnection(database.store, counting.platform);
    const orchestration = fakeOrchestration({ refresh: () => Promise.reject(new Error('asked')) });
    const token = await (await connected(orchestration)).getValidToken('COUNT', { account: 'Ada' });
    expect(token.accessToken).toBe('stored-access-token');
    expect(counting.refreshes()).toBe(0);
  });

  it('that was read marks its connection as in use, once', async () => {
    const { id } = await openConnection(database.store, counting.platform);
    const connector = await connected();
    await connector.getValidToken('counting');
    await connector.close();
    const first = (await database.store.connections.facts(id))?.lastReadAt;
    expect(first).not.toBeNull();
    await connector.getValidToken('counting');
    await connector.close();
    expect((await database.store.connections.facts(id))?.lastReadAt).toBe(first);
  });

  it('without a connection is a NotConnectedError that names the command', async () => {
    const connector = await connected();
    expect(await failureOf(connector.getValidToken('counting', { owner: 'ann' }))).toMatchObject({
      name: 'NotConnectedError',
      owner: 'ann',
      message: expect.stringContaining('connector connect counting') as unknown,
    });
    expect(await failureOf(connector.getValidToken('myspace'))).toMatchObject({ name: 'NotConnectedError' });
  });

  it('in manual mode is a ManualModeError with instructions', async () => {
    await openConnection(database.store, counting.platform, { mode: 'manual' });
    expect(await failureOf((await connected()).getValidToken('counting'))).toMatchObject({
      name: 'ManualModeError',
      instructions: 'Post by hand until the review is over.',
    });
  });
});

describe('a connection that holds no token', () => {
  it('is for the person who owns the account to mend, and is said as that', async () => {
    const { id, version } = await openConnection(database.store, counting.platform);
    const readable = counting.platform.readableFields;
    const grant = { credentials: { access_token: '' } };
    await database.store.connections.saveGrant({ connectionId: id, version, readable, grant });
    const connector = await connected();
    expect(await failureOf(connector.getValidToken('counting'))).toMatchObject({
      name: 'NeedsConsentError',
      link: `http://localhost:8422/consent/${id}`,
      reason: 'it holds no access token',
    });
  });
});

describe('an expired token', () => {
  it('costs one refresh however many ask, in however many processes, while Temporal is away', async () => {
    await openConnection(database.store, counting.platform, { expiresInMs: -60_000 });
    const [one, two] = [await connected(), await connected(null)];
    const readers = Array.from({ length: 50 }, (_, index) => (index % 2 ? one : two).getValidToken('counting'));
    const tokens = await Promise.all(readers);
    expect(new Set(tokens.map((token) => token.accessToken))).toEqual(new Set(['refreshed-access-1']));
    expect(counting.refreshes()).toBe(1);
  });

  it('is refreshed by its keeper when Temporal is there, once for all', async () => {
    const facts = await openConnection(database.store, counting.platform, { expiresInMs: -1 });
    const asked: string[] = [];
    let refreshed = 0;
    const orchestration = fakeOrchestration({
      refresh: async ({ connectionId, updateId, seenVersion }) => {
        asked.push(updateId);
        const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
        const saved = await database.store.connections.saveGrant({
          connectionId,
          version: seenVersion ?? 0,
          grant: { credentials: { access_token: 'from-the-keeper' }, expiresAt },
          readable: counting.platform.readableFields,
        });
        if (saved !== null) refreshed += 1;
        return { outcome: saved === null ? 'not_due' : 'refreshed', expiresAt, cause: null, remedy: null };
      },
    });
    const connector = await connected(orchestration);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => connector.getValidToken('counting')));
    expect(tokens.every((token) => token.accessToken === 'from-the-keeper')).toBe(true);
    expect(refreshed).toBe(1);
    // A reader that saw the old version late asks once more, under the same id: Temporal answers that from memory.
    expect(asked[0]).toMatch(new RegExp(`^refresh-${facts.version}-\\d+$`));
    expect(counting.refreshes()).toBe(0);
  });

  it('is waited for while another process holds the lease', async () => {
    const { id, version } = await openConnection(database.store, counting.platform, { expiresInMs: -1 });
    const lease = await database.store.refreshes.take({ connectionId: id, version, leaseMs: 30_000, fingerprint: 'f' });
    const reading = (await connected(null)).getValidToken('counting');
    setTimeout(() => {
      void database.store.refreshes.save(lease!, {
        grant: {
          credentials: { access_token: 'from-elsewhere' },
          expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
        },
        readable: counting.platform.readableFields,
      });
    }, 300);
    expect((await reading).accessToken).toBe('from-elsewhere');
    expect(counting.refreshes()).toBe(0);
  });

  it('whose refresh fails for a while is an UnavailableError, and the platform is left alone for some seconds', async () => {
    await openConnection(database.store, counting.platform, { expiresInMs: -1 });
    counting.failWith(temporarily);
    const connector = await connected();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const failure = await failureOf(connector.getValidToken('counting'));
      expect(failure).toMatchObject({ name: 'UnavailableError', platform: 'counting', remedy: 'Wait.' });
      expect(failure['message']).toContain('counting is down');
      expect(Date.parse(String(failure['retryAt']))).toBeGreaterThan(Date.now());
    }
    expect(counting.refreshes()).toBe(1);
  });

  it('whose grant the platform refuses is a NeedsConsentError with the link', async () => {
    const { id } = await openConnection(database.store, counting.platform, { expiresInMs: -1 });
    counting.failWith({ kind: 'needs_consent', code: 'invalid_grant', cause: 'Ada took it back.', remedy: 'Ask Ada.' });
    const connector = await connected();
    const expected = {
      name: 'NeedsConsentError',
      connectionId: id,
      link: `http://localhost:8422/consent/${id}`,
      reason: expect.stringContaining('Ada took it back.') as unknown,
    };
    expect(await failureOf(connector.getValidToken('counting'))).toMatchObject(expected);
    expect(await failureOf(connector.getValidToken('counting'))).toMatchObject(expected);
    expect(counting.refreshes()).toBe(1);
  });

  it('without a role that may write says what to set', async () => {
    await openConnection(database.store, counting.platform, { expiresInMs: -1 });
    const settings = { ...testSettings, databaseUrls: { worker: null, reader: 'postgres://unused', migrator: null } };
    const { store } = database;
    const platforms = [counting.platform];
    const connector = await connect({ settings, store, platforms, network, orchestration: fakeOrchestration() });
    const failure = await failureOf(connector.getValidToken('counting'));
    expect(failure['message']).toContain('DATABASE_URL_WORKER');
    expect(counting.refreshes()).toBe(0);
  });
});

describe('a token that lives, but not for long', () => {
  it('is refreshed first', async () => {
    await openConnection(database.store, counting.platform, { expiresInMs: 10_000 });
    expect((await (await connected()).getValidToken('counting')).accessToken).toBe('refreshed-access-1');
  });

  it('is served all the same when the refresh fails, unless more was asked for', async () => {
    await openConnection(database.store, counting.platform, { expiresInMs: 20_000 });
    counting.failWith(temporarily);
    const connector = await connected();
    expect((await connector.getValidToken('counting')).accessToken).toBe('stored-access-token');
    expect((await connector.getValidToken('counting', { minimumSeconds: 5 })).accessToken).toBe('stored-access-token');
    const failure = await failureOf(connector.getValidToken('counting', { minimumSeconds: 600 }));
    expect(failure['message']).toMatch(/lives 1\d s more, not 600 s.*fewer seconds/);
  });

  it('is served although only a person can mend its connection', async () => {
    await openConnection(database.store, counting.platform, { expiresInMs: 60_000, status: 'needs_consent' });
    expect((await (await connected()).getValidToken('counting')).accessToken).toBe('stored-access-token');
  });

  it('is not refreshed for a wish that no refresh can grant', async () => {
    await openConnection(database.store, counting.platform, { expiresInMs: 1_000_000 });
    const connector = await connected();
    const failure = await failureOf(connector.getValidToken('counting', { minimumSeconds: 86_400 }));
    expect(failure).toMatchObject({ name: 'UnavailableError' });
    expect(counting.refreshes()).toBe(0);
  });
});

describe('status', () => {
  it('lists connections of one owner or of all, with what they can do and without secrets', async () => {
    await openConnection(database.store, counting.platform, { owner: 'ann' });
    await openConnection(database.store, counting.platform, { owner: 'bob' });
    const connector = await connected();
    expect(await connector.status()).toHaveLength(2);
    const rows = await connector.status({ owner: 'ann' });
    expect(rows).toMatchObject([{ owner: 'ann', healthy: true, capabilities: ['post', 'read'] }]);
    expect(JSON.stringify(rows)).not.toContain(storedSecrets.refresh_token);
  });
});
