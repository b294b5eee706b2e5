import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { findEmbeddedPostgres, startEmbeddedPostgres, stopEmbeddedPostgres } from './embedded-postgres.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) {
    await stopEmbeddedPostgres(join(folder, 'postgres'));
    await rm(folder, { recursive: true, force: true });
  }
});

// A killed process loses nothing that the operating system holds already, so the tests need not wait for the disk.
const settings = { fsync: 'off' };

async function options(parent = tmpdir()): Promise<{ dataDirectory: string; port: number; settings: typeof settings }> {
  const folder = await mkdtemp(join(parent, 'connector-postgres-'));
  folders.push(folder);
  return { dataDirectory: join(folder, 'postgres'), port: await getPort({ host: '127.0.0.1' }), settings };
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

test('what was committed is there after kill -9 and a second start', async () => {
  const chosen = await options();
  const first = await startEmbeddedPostgres(chosen);
  await query(first.url, 'create table kept as select 42 as n');
  process.kill(first.pid, 'SIGKILL');
  const second = await startEmbeddedPostgres(chosen);
  expect(await query(second.url, 'select n from kept')).toEqual([{ n: 42 }]);
  await second.stop();
  expect(await findEmbeddedPostgres(chosen.dataDirectory)).toBeNull();
});

test('a folder that only this user may enter will do', async () => {
  const server = await startEmbeddedPostgres(await options(homedir()));
  expect(await query(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
});

test('a lock file whose process id now belongs to another program is no obstacle', async () => {
  const chosen = await options();
  await (await startEmbeddedPostgres(chosen)).stop();
  const lock = `${process.pid}\n${chosen.dataDirectory}\n1\n${chosen.port}\n\n127.0.0.1\n1 1\nready\n`;
  await writeFile(join(chosen.dataDirectory, 'postmaster.pid'), lock);
  const server = await startEmbeddedPostgres(chosen);
  expect(await query(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
});

test('a start that was killed half-way is begun again', async () => {
  const chosen = await options();
  await (await startEmbeddedPostgres({ ...chosen, dataDirectory: `${chosen.dataDirectory}.new/cluster` })).stop();
  expect(await query((await startEmbeddedPostgres(chosen)).url, 'select 1 as n')).toEqual([{ n: 1 }]);
});

test('a second server over the same folder is refused by name, and the first goes on', async () => {
  const chosen = await options();
  const server = await startEmbeddedPostgres({ ...chosen, detached: true });
  await expect(startEmbeddedPostgres(chosen)).rejects.toThrow(`process ${server.pid} on port ${chosen.port}`);
  expect(await findEmbeddedPostgres(chosen.dataDirectory)).toEqual({ pid: server.pid, port: chosen.port });
  expect(await stopEmbeddedPostgres(chosen.dataDirectory)).toBe(true);
  expect(await stopEmbeddedPostgres(chosen.dataDirectory)).toBe(false);
});

test('a port that is taken is said as such, from the log', async () => {
  const chosen = await options();
  await startEmbeddedPostgres(chosen);
  await expect(startEmbeddedPostgres({ ...(await options()), port: chosen.port })).rejects.toThrow(
    'Address already in use',
  );
});

test('the password is asked for, and the one that was made up is only for this user', async () => {
  const chosen = await options();
  const server = await startEmbeddedPostgres(chosen);
  await expect(query(server.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow('password');
  const file = join(chosen.dataDirectory, 'superuser-password');
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect(server.url).toContain(await readFile(file, 'utf8'));
});

test('a given password and settings are taken', async () => {
  const server = await startEmbeddedPostgres({ ...(await options()), password: 'p@ss:word/?#' });
  expect(await query(server.url, 'show fsync')).toEqual([{ fsync: 'off' }]);
});

test('a wrong password for a folder that exists is said, and no server is left behind', async () => {
  const chosen = await options();
  await (await startEmbeddedPostgres({ ...chosen, password: 'first' })).stop();
  await expect(startEmbeddedPostgres({ ...chosen, password: 'second' })).rejects.toThrow('another password');
  expect(await findEmbeddedPostgres(chosen.dataDirectory)).toBeNull();
});
