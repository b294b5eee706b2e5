import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInlineRefresh } from '../../client/sdk/inline-refresh.ts';
import { connect, type Connector } from '../../client/sdk/index.ts';
import { applyMigrations } from '../../infra/apply-migrations.ts';
import type { ConnectionFacts } from '../../model/connection.ts';
import { createSimulatedNetwork, systemClock, type Network } from '../../platforms/network.ts';
import { startSimulators, type Simulators } from '../../platforms/simulator-server.ts';
import { platform } from '../../platforms/tiktok/index.ts';
import { simulator } from '../../platforms/tiktok/simulator/index.ts';
import { createStore, parseKeyRing, type Store } from '../../store/index.ts';
import { connectAtTiktok, redirectUri } from '../bench/faults/consent.ts';
import { testSettings } from '../clients.ts';
import { createTestDatabase, serverVariable, type TestDatabase } from '../database.ts';
import { newKey } from '../store.ts';
import { findPgBouncer, startPgBouncer, type PgBouncer } from './pgbouncer.ts';

const program = await findPgBouncer();
const keys = [newKey('k1')];

describe.skipIf(program === null)('behind PgBouncer in transaction mode with three sessions', () => {
  let database: TestDatabase;
  let pooler: PgBouncer;
  let simulators: Simulators;
  let network: Network;
  let admin: pg.Pool;
  // Two programs, each with a pool and an SDK of its own; the third sees Postgres directly.
  let stores: Store[];
  let sdks: Connector[];

  beforeAll(async () => {
    database = await createTestDatabase();
    const serverUrl = process.env[serverVariable] ?? '';
    [pooler, simulators] = await Promise.all([
      startPgBouncer(program ?? '', { serverUrl, logins: [database.workerUrl, database.readerUrl], poolSize: 3 }),
      startSimulators({ port: 0, redirectUri, simulators: [simulator] }),
    ]);
    network = createSimulatedNetwork(simulators.url);
    admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 });
    const open = (url: string): Store =>
      createStore({
        connection: { databaseUrl: pooler.through(url), maxConnections: 5 },
        keyRing: parseKeyRing(keys),
      });
    stores = [open(database.workerUrl), open(database.workerUrl), open(database.readerUrl)];
    sdks = await Promise.all(stores.map((store, index) => sdkOver(store, index < 2)));
  });

  afterAll(async () => {
    await Promise.all(sdks.map((sdk) => sdk.close()));
    await Promise.all([...stores.map((store) => store.close()), admin.end(), network.close(), simulators.close()]);
    await pooler.stop();
    await database.drop();
  });

  function sdkOver(store: Store, mayWrite: boolean): Promise<Connector> {
    const { worker } = testSettings.databaseUrls;
    const settings = {
      ...testSettings,
      databaseUrls: { worker: mayWrite ? worker : null, reader: worker, migrator: null },
    };
    return connect({ settings, store, platforms: [platform], network, orchestration: null });
  }

  function part<T>(parts: readonly T[], index: number): T {
    const found = parts[index];
    if (found === undefined) throw new Error(`There is no part ${index}.`);
    return found;
  }

  function open(owner: string): Promise<ConnectionFacts> {
    return connectAtTiktok({ store: part(stores, 0), simulators, network }, owner);
  }

  /** Reads from every program at once, so that transactions hop between the pooler's sessions. */
  async function readAll(owner: string, times: number): Promise<Set<string>> {
    const reads = sdks.flatMap((sdk) => Array.from({ length: times }, () => sdk.getValidToken('tiktok', { owner })));
    return new Set((await Promise.all(reads)).map(({ accessToken }) => accessToken));
  }

  function tokenCalls(): number {
    return simulators.requests.list({ host: 'open.tiktokapis.com', path: '/v2/oauth/token/' }).length;
  }

  async function fallDue(facts: ConnectionFacts): Promise<void> {
    const due = 'update connector.platform_connections set expires_at = now(), next_refresh_at = now() where id = $1';
    await admin.query(due, [facts.id]);
  }

  it('a connection lives its whole life: read, refreshed once for all, keys rotated, revoked', async () => {
    const facts = await open('whole-life');
    const [before] = await readAll('whole-life', 50);
    const calls = tokenCalls();
    await fallDue(facts);
    const writers = sdks.slice(0, 2);
    const storm = writers.flatMap((sdk) =>
      Array.from({ length: 30 }, () => sdk.getValidToken('tiktok', { owner: 'whole-life' })),
    );
    const tokens = new Set((await Promise.all(storm)).map(({ accessToken }) => accessToken));
    expect(tokens.size).toBe(1);
    expect(tokens).not.toContain(before);
    expect(tokenCalls() - calls).toBe(1);
    expect(await readAll('whole-life', 30)).toEqual(tokens);

    const ring = parseKeyRing([newKey('k2'), ...keys]);
    const rotating = createStore({ connection: { databaseUrl: pooler.through(database.workerUrl) }, keyRing: ring });
    expect((await rotating.sealedFields.reseal()).unreadable).toEqual([]);
    expect([...(await rotating.sealedFields.usage()).keys()]).toEqual(['k2']);
    expect((await rotating.connections.load(facts.id))?.credentials['access_token']).toBe([...tokens][0]);
    expect((await rotating.connections.revoke(facts.id, 'by us'))?.status).toBe('revoked');
    await rotating.close();
    await expect(readAll('whole-life', 1)).rejects.toThrow('There is no connection for tiktok');
  });

  it('leases are taken once, and a refresh is saved, by whichever program comes first', async () => {
    const facts = await open('leases');
    const platforms = new Map([[platform.id, platform]]);
    const dependencies = { platforms, network, clock: systemClock, redirectUri };
    const programs = [part(stores, 0), part(stores, 1)].map((store) => createInlineRefresh({ ...dependencies, store }));
    const calls = tokenCalls();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => part(programs, index % 2)(facts.id, facts.version)),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'refreshed')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(tokenCalls() - calls).toBe(1);
  });

  it('a rolling quota, whose lock lasts as long as its transaction, is never given away twice', async () => {
    const request = {
      ...{ platform: 'tiktok', app: 'app', bucket: 'videos', limit: 5, amount: 1, now: new Date() },
      window: { kind: 'rolling', lengthMs: 60_000 },
    } as const;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => part(stores, index % 2).quotaWindows.reserve(request)),
    );
    expect(answers.filter(({ granted }) => granted)).toHaveLength(5);
    const held = await admin.query(`select 1 from pg_locks where locktype = 'advisory'`);
    expect(held.rows).toEqual([]);
  });

  it('readers notice neither killed sessions nor a restart of the pooler', async () => {
    await open('unnoticed');
    const [token] = await readAll('unnoticed', 5);
    let isOver = false;
    let reads = 0;
    const readers = Array.from({ length: 12 }, async (_, index) => {
      while (!isOver) {
        const read = await part(sdks, index % 3).getValidToken('tiktok', { owner: 'unnoticed' });
        expect(read.accessToken).toBe(token);
        reads += 1;
      }
    });
    const disturb = async (): Promise<void> => {
      for (let round = 0; round < 5; round += 1) {
        await sleep(100);
        // Idle or in the middle of a read: all of them.
        const kill = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name = 'connector'`;
        await admin.query(kill);
      }
      for (let round = 0; round < 2; round += 1) {
        await sleep(200);
        await pooler.restart();
      }
      await sleep(200);
      isOver = true;
    };
    await Promise.all([...readers, disturb().finally(() => (isOver = true))]);
    expect(reads).toBeGreaterThan(100);
  });

  it('readers of an expired token do not notice that the session was killed in which it was to be refreshed', async () => {
    const facts = await open('expired');
    const [before] = await readAll('expired', 1);
    await fallDue(facts);
    const calls = tokenCalls();
    const holder = await admin.connect();
    await holder.query('begin');
    await holder.query('select 1 from connector.platform_connections where id = $1 for update', [facts.id]);
    const reading = Promise.all(
      sdks.slice(0, 2).flatMap((sdk) => [1, 2, 3].map(() => sdk.getValidToken('tiktok', { owner: 'expired' }))),
    );
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await admin.query(kill)).rows.length, { interval: 20 }).toBeGreaterThan(0);
    await holder.query('rollback');
    holder.release();
    const tokens = new Set((await reading).map(({ accessToken }) => accessToken));
    expect(tokens.size).toBe(1);
    expect(tokens).not.toContain(before);
    expect(tokenCalls() - calls).toBe(1);
  });

  it('migrations are refused with the two settings to set', async () => {
    const target = {
      folder: new URL('../../infra/migrations', import.meta.url).pathname,
      databaseUrl: pooler.through(database.adminUrl),
      workerRole: 'connector_test_worker',
      readerRole: 'connector_test_reader',
    };
    await expect(applyMigrations(target)).rejects.toThrow(
      /pooler in transaction mode.*DATABASE_ADMIN_URL.*DATABASE_POOLED_URL/s,
    );
    await expect(applyMigrations({ ...target, databaseUrl: database.adminUrl })).resolves.not.toEqual([]);
  });
});
