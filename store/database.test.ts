import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestStore, openActive, secrets, type TestStore } from '../test/store.ts';
import { createDatabase } from './database.ts';
import { createPool, createStore, isDatabaseAway } from './index.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await createTestStore();
});
afterAll(() => tested.close());

async function killBackends(): Promise<number> {
  const { rows } = await tested.admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename like '%worker'`,
  );
  return rows.length;
}

test('a reader does not notice that the server ended all of its connections', async () => {
  const { owner, platform, accountId } = await openActive(tested.store, { owner: 'reader' });
  const query = { owner, platform, account: accountId ?? '' };
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(Array.from({ length: 8 }, () => tested.store.connections.read(query)));
    expect(await killBackends()).toBeGreaterThan(0);
    const found = await Promise.all(Array.from({ length: 8 }, () => tested.store.connections.read(query)));
    expect(found.map((rows) => rows[0]?.credentials['access_token'])).toEqual(Array(8).fill(secrets.access_token));
  }
});

test('a connection that ends under a running read is replaced without the caller seeing it', async () => {
  const pool = createPool({ databaseUrl: tested.database.workerUrl, maxConnections: 2 });
  const database = createDatabase(pool, { preparedStatements: true });
  const reading = database.read<{ n: number }>({ text: 'select 1 as n from pg_sleep(0.3)' }, []);
  await new Promise((resolve) => setTimeout(resolve, 150));
  await killBackends();
  expect(await reading).toEqual([{ n: 1 }]);
  await pool.end();
});

test('a write whose connection ends is not repeated behind the caller’s back', async () => {
  const pool = createPool({ databaseUrl: tested.database.workerUrl, maxConnections: 2 });
  const database = createDatabase(pool, { preparedStatements: true });
  const writing = database.write({ text: 'select pg_sleep(0.3)' }, []).catch((error: unknown) => error);
  await new Promise((resolve) => setTimeout(resolve, 150));
  await killBackends();
  expect(isDatabaseAway(await writing)).toBe(true);
  await pool.end();
});

// Order matters below: the pause lets the connection's end arrive between two statements.
test('a connection that ends inside a transaction fails that transaction and nothing else', async () => {
  const pool = createPool({ databaseUrl: tested.database.workerUrl, maxConnections: 1 });
  const database = createDatabase(pool, { preparedStatements: true });
  const outcome: unknown = await database
    .transaction(async (run) => {
      await run({ text: 'select 1' }, []);
      await killBackends();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return run({ text: 'select 1' }, []);
    })
    .catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(Error);
  expect(await database.read({ text: 'select 1 as n' }, [])).toEqual([{ n: 1 }]);
  await pool.end();
});

test('a transaction that fails leaves nothing behind and gives its connection back', async () => {
  const pool = createPool({ databaseUrl: tested.database.workerUrl, maxConnections: 1 });
  const database = createDatabase(pool, { preparedStatements: true });
  const { id } = await openActive(tested.store);
  const failed = database.transaction(async (run) => {
    await run({ text: 'delete from connector.platform_connections where id = $1' }, [id]);
    throw new Error('changed its mind');
  });
  await expect(failed).rejects.toThrow('changed its mind');
  expect(await tested.store.connections.facts(id)).not.toBeNull();
  await pool.end();
});

test('a server that is not there is told apart from one that refuses', async () => {
  const nowhere = createStore({
    connection: { databaseUrl: 'postgres://nobody@127.0.0.1:1/none' },
    keyRing: tested.keyRing,
  });
  const away: unknown = await nowhere.connections.list().catch((error: unknown) => error);
  expect(isDatabaseAway(away)).toBe(true);
  await nowhere.close();
  const refused: unknown = await tested.admin.query('select nonsense').catch((error: unknown) => error);
  expect(isDatabaseAway(refused)).toBe(false);
});

test('a URL that announces a pooler has nothing prepared, and any other what runs often', async () => {
  const { owner, platform } = await openActive(tested.store);
  const asked = vi.spyOn(pg.Client.prototype, 'query');
  const named = async (databaseUrl: string): Promise<number> => {
    asked.mockClear();
    const store = createStore({ connection: { databaseUrl }, keyRing: tested.keyRing });
    await store.connections.read({ owner, platform });
    await store.close();
    return asked.mock.calls.filter(([query]) => JSON.stringify(query).includes('"name":')).length;
  };
  expect(await named(`${tested.database.workerUrl}?pgbouncer=true`)).toBe(0);
  expect(await named(tested.database.workerUrl)).toBe(1);
  asked.mockRestore();
});

test('a program that may only read gets its token, marks the read, and sees or changes nothing else', async () => {
  const connection = await openActive(tested.store);
  const consent = { connectionId: connection.id, state: 's', browser: 'b', verifier: 'v', redirectUri: 'r' };
  await tested.store.consentRequests.create({ ...consent, lifetimeMs: 60_000 });
  const pool = new pg.Pool({ connectionString: tested.database.readerUrl, max: 2 });
  const reader = createStore({ pool, keyRing: tested.keyRing });
  expect((await reader.connections.load(connection.id))?.credentials).toMatchObject(secrets);
  await reader.connections.noteRead(connection.id);
  expect((await tested.store.connections.facts(connection.id))?.lastReadAt).not.toBeNull();
  const forbidden = [
    reader.connections.revoke(connection.id, 'x'),
    reader.connections.setNextRefresh(connection.id, null),
    reader.events.list({ limit: 1 }),
    reader.refreshes.history(connection.id, 1),
    reader.consentRequests.takeCode(randomUUID()),
  ];
  await Promise.all(forbidden.map((attempt) => expect(attempt).rejects.toThrow('permission denied')));
  const { rows } = await pool.query<{ text: string }>('select c::text as text from connector.platform_connections c');
  for (const secret of Object.values(secrets)) expect(JSON.stringify(rows)).not.toContain(secret);
  await reader.close();
  await pool.end();
});
