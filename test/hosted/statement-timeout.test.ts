import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refreshConnection } from '../../activities/refresh-connection.ts';
import { createInlineRefresh } from '../../client/sdk/inline-refresh.ts';
import { applyMigrations } from '../../infra/apply-migrations.ts';
import type { ConnectionFacts } from '../../model/connection.ts';
import { createSimulatedNetwork, systemClock, type Network } from '../../platforms/network.ts';
import { startSimulators, type Simulators } from '../../platforms/simulator-server.ts';
import { platform } from '../../platforms/tiktok/index.ts';
import { simulator } from '../../platforms/tiktok/simulator/index.ts';
import { createDatabase } from '../../store/database.ts';
import { createPool, createStore, isDatabaseAway, parseKeyRing, type Store } from '../../store/index.ts';
import { connectAtTiktok, redirectUri } from '../bench/faults/consent.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { newKey } from '../store.ts';

// As hosts set them for the sake of web requests, only shorter.
const limits = { statement_timeout: '300ms', idle_in_transaction_session_timeout: '300ms' };
const beyondMs = 700;

let database: TestDatabase;
let admin: pg.Pool;
let store: Store;
let simulators: Simulators;
let network: Network;
const key = newKey('k1');

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Pool({ connectionString: database.adminUrl, max: 3, options: '-c statement_timeout=0' });
  for (const [name, value] of Object.entries(limits)) {
    await admin.query(`alter database ${new URL(database.adminUrl).pathname.slice(1)} set ${name} = '${value}'`);
  }
  store = createStore({ connection: { databaseUrl: database.workerUrl }, keyRing: parseKeyRing([key]) });
  simulators = await startSimulators({ port: 0, redirectUri, simulators: [simulator] });
  network = createSimulatedNetwork(simulators.url);
});

afterAll(async () => {
  await Promise.all([store.close(), admin.end(), network.close(), simulators.close()]);
  await database.drop();
});

/** Holds the whole table of connections, so that every statement on it waits. */
async function holdTable(): Promise<() => Promise<void>> {
  const client = await admin.connect();
  await client.query(`set idle_in_transaction_session_timeout = 0`);
  await client.query('begin');
  await client.query('lock table connector.platform_connections in access exclusive mode');
  return async () => {
    await client.query('commit');
    client.release();
  };
}

function open(owner: string): Promise<ConnectionFacts> {
  return connectAtTiktok({ store, simulators, network }, owner);
}

test('a migration may take longer than the server lets statements take', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'connector-migrations-')), 'migrations');
  await cp(new URL('../../infra/migrations', import.meta.url).pathname, folder, { recursive: true });
  await writeFile(join(folder, '9001_slow.sql'), `select pg_sleep(${beyondMs / 1000});\n`);
  const roles = { workerRole: 'connector_test_worker', readerRole: 'connector_test_reader' };
  const applied = await applyMigrations({ databaseUrl: database.adminUrl, folder, ...roles });
  expect(applied.at(-1)).toBe('9001_slow');
  await rm(folder, { recursive: true });
});

test('sealing everything anew goes on where an ordinary read gives up', async () => {
  const facts = await open('rotated');
  const before = await store.connections.load(facts.id);
  const ring = parseKeyRing([newKey('k2'), key]);
  const rotating = createStore({ connection: { databaseUrl: database.workerUrl }, keyRing: ring });
  const release = await holdTable();
  const reading: Promise<unknown> = store.connections.load(facts.id).catch((error: unknown) => error);
  const resealing = rotating.sealedFields.reseal();
  await sleep(beyondMs);
  await release();
  const refused = await reading;
  expect(refused).toBeInstanceOf(pg.DatabaseError);
  expect(isDatabaseAway(refused)).toBe(true);
  expect((await resealing).fields).toBeGreaterThan(0);
  expect((await rotating.connections.load(facts.id))?.credentials).toEqual(before?.credentials);
  await rotating.close();
});

test('a fresh grant whose save times out is kept, and saved when Postgres takes it again', async () => {
  const held: (() => Promise<void>)[] = [];
  // The platform has rotated the token; from this moment on Postgres takes nothing.
  const slowed: Network = {
    ...network,
    fetch: async (input, init) => {
      const response = await network.fetch(input, init);
      held.push(await holdTable());
      return response;
    },
  };
  const platforms = new Map([[platform.id, platform]]);
  const dependencies = { store, platforms, network: slowed, clock: systemClock, redirectUri };

  const first = await open('activity');
  const spent = await store.connections.load(first.id);
  const outcome = await refreshConnection(dependencies, { connectionId: first.id, force: true });
  await held.pop()?.();
  if (outcome.outcome !== 'unsaved') throw new Error(`The save came through: ${outcome.outcome}`);
  const saved = await store.refreshes.saveSealed(outcome.unsaved);
  expect(saved?.version).toBe(first.version + 1);
  const kept = await store.connections.load(first.id);
  expect(kept?.credentials['refresh_token']).not.toBe(spent?.credentials['refresh_token']);
  expect(await store.refreshes.history(first.id, 5)).toMatchObject([{ outcome: 'saved' }]);

  const second = await open('sdk');
  const refreshing = createInlineRefresh(dependencies)(second.id, second.version);
  await sleep(beyondMs);
  await held.pop()?.();
  expect((await refreshing).outcome).toBe('refreshed');
  // What was kept is what the platform goes on with.
  const again = createInlineRefresh({ ...dependencies, network });
  expect((await again(first.id, saved?.version ?? 0)).outcome).toBe('refreshed');
  expect((await again(second.id, second.version + 1)).outcome).toBe('refreshed');
});

test('a session that Postgres ends inside a transaction costs that transaction and nothing else', async () => {
  const pool = createPool({ databaseUrl: database.workerUrl, maxConnections: 1 });
  const tested = createDatabase(pool, { preparedStatements: true });
  const idle: unknown = await tested
    .transaction(async (run) => {
      await run({ text: 'select 1' }, []);
      await sleep(beyondMs);
      return run({ text: 'select 1' }, []);
    })
    .catch((error: unknown) => error);
  expect(isDatabaseAway(idle)).toBe(true);
  expect(await tested.read({ text: 'select 1 as n' }, [])).toEqual([{ n: 1 }]);
  await pool.end();
});
