import { once } from 'node:events';
import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { childEnvironment } from './child-environment.ts';
import { environmentHome } from './home.ts';
import { planEnvironment, type EnvironmentPlan } from './plan-environment.ts';
import { choosePort } from './ports.ts';
import type { EnvironmentRecord, EnvironmentSecrets } from './record.ts';

const servers: net.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(port = 0): Promise<number> {
  const server = net.createServer();
  servers.push(server);
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

const secrets: EnvironmentSecrets = {
  postgresPassword: 'embedded',
  databaseUrls: {
    admin: 'postgres://postgres:embedded@127.0.0.1:20001/postgres',
    ...{ migrator: null, worker: null, reader: null },
  },
  databasePooledUrl: null,
  keyRing: [],
  apiKeys: [],
};

async function plan(
  env: NodeJS.ProcessEnv,
  recorded: EnvironmentRecord | null = null,
  environment = 'sandbox',
  known = secrets,
): Promise<EnvironmentPlan> {
  const port = String(await freePort());
  return planEnvironment({ environment, env: { CONNECTOR_PORT: port, ...env }, recorded, secrets: known });
}

function freePort(): Promise<number> {
  return choosePort(undefined, []);
}

test('ports are chosen once and used again', async () => {
  const first = await plan({});
  const { record } = await plan({ CONNECTOR_PORT: String(first.record.ports['public']) }, first.record);
  expect(record.ports).toEqual(first.record.ports);
  expect(new Set(Object.values(record.ports)).size).toBe(Object.keys(record.ports).length);
});

test('a port that somebody else has taken is replaced', async () => {
  const first = await plan({});
  await listen(first.record.ports['temporal']);
  const { record } = await plan({}, first.record);
  expect(record.ports['temporal']).not.toBe(first.record.ports['temporal']);
  expect(record.ports['postgres']).toBe(first.record.ports['postgres']);
});

test('a busy public port is named, with its process and what to set', async () => {
  const port = await listen();
  const busy = plan({ CONNECTOR_PORT: String(port) });
  await expect(busy).rejects.toThrow(`Port ${String(port)} is taken by`);
  await expect(plan({ CONNECTOR_PORT: String(port) })).rejects.toThrow(`CONNECTOR_PORT=${String(port + 1)}`);
  if (process.platform === 'linux') {
    await expect(plan({ CONNECTOR_PORT: String(port) })).rejects.toThrow(`(pid ${String(process.pid)})`);
  }
});

test('the real platforms have no simulators', async () => {
  expect((await plan({}, null, 'live')).record.simulatorUrl).toBeNull();
  expect((await plan({})).record.simulatorUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test("the user's own Postgres and Temporal are used, also by the next start", async () => {
  const own = { DATABASE_ADMIN_URL: 'postgres://me:pw@db.example/postgres', TEMPORAL_ADDRESS: 'temporal.example:7233' };
  const first = await plan(own);
  expect(first.adminUrl).toBe(own.DATABASE_ADMIN_URL);
  expect(first.record.temporal).toEqual({ address: own.TEMPORAL_ADDRESS, namespace: 'connector', embedded: false });
  const next = await plan({}, first.record);
  expect(next.record.temporal).toEqual(first.record.temporal);
  expect(next.record.embeddedPostgres).toBe(false);
});

test('a pooler is remembered with its server, and forgotten with another one', async () => {
  const own = { DATABASE_ADMIN_URL: 'postgres://me:pw@db.example/postgres' };
  const pooled = { DATABASE_POOLED_URL: 'postgres://pooler.example:6543' };
  const first = await plan({ ...own, ...pooled });
  expect(first.pooledUrl).toBe(pooled.DATABASE_POOLED_URL);
  const known = { ...secrets, databasePooledUrl: pooled.DATABASE_POOLED_URL };
  expect((await plan({}, first.record, 'sandbox', known)).pooledUrl).toBe(pooled.DATABASE_POOLED_URL);
  expect((await plan(own, first.record, 'sandbox', known)).pooledUrl).toBeNull();
  expect((await plan(pooled)).pooledUrl).toBeNull();
});

test('a shell that has evaluated `connector env` starts the embedded ones all the same', async () => {
  const first = await plan({});
  const next = await plan(
    { DATABASE_ADMIN_URL: secrets.databaseUrls.admin ?? '', TEMPORAL_ADDRESS: first.record.temporal.address },
    first.record,
  );
  expect(next.adminUrl).toBeNull();
  expect(next.record.temporal.embedded).toBe(true);
});

test('no secret and no address of an earlier start reaches a process by its variables', () => {
  const home = environmentHome({ CONNECTOR_HOME: '/home' });
  const stale = {
    DATABASE_URL: 'x',
    DATABASE_ADMIN_URL: 'x',
    DATABASE_POOLED_URL: 'x',
    TEMPORAL_ADDRESS: 'x',
    CONNECTOR_KEY_RING: 'x',
  };
  const env = childEnvironment(home, '/home', { ...stale, PATH: '/bin', CONNECTOR_PORT: '1' }, { MORE: '1' });
  expect(env).toEqual({ PATH: '/bin', CONNECTOR_HOME: '/home', CONNECTOR_ENV: 'sandbox', MORE: '1' });
});
