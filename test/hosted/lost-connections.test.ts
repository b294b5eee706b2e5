import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Connector } from '../../client/sdk/index.ts';
import { loadPlatforms } from '../../platforms/load.ts';
import { createSimulatedNetwork } from '../../platforms/network.ts';
import type { Platform } from '../../platforms/platform.ts';
import { openConnection, storedSecrets, testSettings } from '../clients.ts';
import { createTestStore, type TestStore } from '../store.ts';

let tested: TestStore;
let sdk: Connector;
const network = createSimulatedNetwork('http://127.0.0.1:1');

beforeAll(async () => {
  tested = await createTestStore();
  const platforms = await loadPlatforms();
  const youtube = platforms.find(({ id }) => id === 'youtube') ?? unknown();
  await openConnection(tested.store, youtube);
  const settings = testSettings;
  sdk = await connect({ settings, store: tested.store, platforms, network, orchestration: null });
});

afterAll(async () => {
  await Promise.all([sdk.close(), network.close()]);
  await tested.close();
});

function unknown(): Platform {
  throw new Error('There is no folder of YouTube.');
}

async function readMany(): Promise<string[]> {
  const tokens = await Promise.all(Array.from({ length: 20 }, () => sdk.getValidToken('youtube')));
  return [...new Set(tokens.map(({ accessToken }) => accessToken))];
}

async function endSessions(state: 'idle' | 'active'): Promise<number> {
  const { rows } = await tested.admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and usename like '%worker' and state = $1`,
    [state],
  );
  return rows.length;
}

test('getValidToken does not show that Postgres ended every idle session of its pool', async () => {
  for (let round = 0; round < 5; round += 1) {
    expect(await readMany()).toEqual([storedSecrets.access_token]);
    expect(await endSessions('idle')).toBeGreaterThan(0);
    expect(await readMany()).toEqual([storedSecrets.access_token]);
  }
});

test('getValidToken does not show that Postgres ended the sessions in the middle of its reads', async () => {
  const holder = await tested.admin.connect();
  await holder.query('begin');
  await holder.query('lock table connector.platform_connections in access exclusive mode');
  const reading = readMany();
  await expect.poll(() => endSessions('active'), { timeout: 5_000, interval: 20 }).toBeGreaterThan(5);
  await sleep(50);
  await holder.query('commit');
  holder.release();
  expect(await reading).toEqual([storedSecrets.access_token]);
});
