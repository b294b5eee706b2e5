import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { newKey } from '../../test/store.ts';

const environmentKey = 'pac_key-of-the-environment';
const main = join(import.meta.dirname, 'main.ts');
let database: TestDatabase;
let home: string;

beforeAll(async () => {
  database = await createTestDatabase();
  home = await mkdtemp(join(tmpdir(), 'connector-server-'));
});
afterAll(async () => {
  await database.drop();
  await rm(home, { recursive: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<unknown[]>;
}

function start(port: number): Running {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env['PATH'],
      CONNECTOR_HOME: home,
      CONNECTOR_PORT: String(port),
      DATABASE_URL_WORKER: database.workerUrl,
      CONNECTOR_KEY_RING: JSON.stringify([newKey('k1')]),
      CONNECTOR_API_KEYS: JSON.stringify([{ name: 'local', key: environmentKey, scopes: ['tokens:read'] }]),
      TEMPORAL_ADDRESS: '127.0.0.1:9',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output, ended: once(child, 'exit') };
}

test('the server serves with Temporal away, and ends in order when asked', async () => {
  const port = await getPort({ host: '127.0.0.1' });
  const server = start(port);
  await expect.poll(server.output, { timeout: 20_000 }).toContain('"ready":true');
  const response = await fetch(`http://localhost:${port}/healthz`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ status: 'degraded', database: 'up', temporal: 'down' });
  server.child.kill('SIGTERM');
  expect(await server.ended).toEqual([0, null]);
});

test('whoever guesses keys over a socket is told to wait, and whoever has one is served all the same', async () => {
  const port = await getPort({ host: '127.0.0.1' });
  const server = start(port);
  await expect.poll(server.output, { timeout: 20_000 }).toContain('"ready":true');
  const ask = async (key: string): Promise<Response> =>
    fetch(`http://localhost:${port}/v1/connections`, { headers: { Authorization: `Bearer ${key}` } });
  for (let times = 0; times < 20; times += 1) expect((await ask('guessed')).status).toBe(401);
  const refused = await ask('guessed');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await ask(environmentKey)).status).toBe(200);
  server.child.kill('SIGTERM');
  expect(await server.ended).toEqual([0, null]);
  expect(server.output()).not.toContain('guessed');
  expect(server.output()).not.toContain(environmentKey);
});

test('a busy port is said, with the setting to change', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  if (address === null || typeof address === 'string') throw new Error('The other server has no port.');
  const server = start(address.port);
  expect(await server.ended).toEqual([1, null]);
  expect(server.output()).toMatch(new RegExp(`Port ${address.port} .* CONNECTOR_PORT`));
  expect(server.output()).not.toContain('at ');
  other.close();
});
