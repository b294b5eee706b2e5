import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestStore, newKey, readable, type TestStore } from '../test/store.ts';
import { parseKeyRing } from './index.ts';

const key = newKey('k1');
let tested: TestStore;
let directory: string;
beforeAll(async () => {
  tested = await createTestStore(parseKeyRing([key]));
  directory = await mkdtemp(join(tmpdir(), 'connector-heap-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  await tested.close();
});

/** A program that reads a token and writes down its whole heap: as it holds the token, and three seconds after. */
const program = `
  import { setTimeout as sleep } from 'node:timers/promises';
  import { writeHeapSnapshot } from 'node:v8';
  import { createStore, parseKeyRing } from '${import.meta.resolve('./index.ts')}';
  const { READ_ID, READ_URL, READ_RING, READ_DIRECTORY } = process.env;
  const store = createStore({ connection: { databaseUrl: READ_URL }, keyRing: parseKeyRing(READ_RING) });
  const read = async () => Object.keys((await store.connections.load(READ_ID)).credentials).length;
  if ((await read()) === 0) throw new Error('The row is empty.');
  writeHeapSnapshot(READ_DIRECTORY + '/with');
  await sleep(3_000);
  writeHeapSnapshot(READ_DIRECTORY + '/after');
  await store.close();
`;

test('a secret that was read is gone from the memory of the process a few seconds later', async () => {
  const { store, database } = tested;
  const marker = `marked-${randomBytes(12).toString('hex')}`;
  const id = randomUUID();
  await store.connections.open({ id, owner: 'heap', platform: 'youtube', label: id, credentials: {}, readable });
  const grant = { credentials: { access_token: marker } };
  await store.connections.saveGrant({ connectionId: id, version: 1, grant, readable, status: 'active' });
  const env = {
    READ_ID: id,
    READ_URL: database.workerUrl,
    READ_RING: JSON.stringify([key]),
    READ_DIRECTORY: directory,
  };
  const args = ['--input-type=module', '--eval', program];
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
  expect(await readFile(join(directory, 'with'), 'utf8')).toContain(marker);
  expect(await readFile(join(directory, 'after'), 'utf8')).not.toContain(marker);
}, 60_000);
