import { afterAll, beforeAll, expect, test } from 'vitest';
import { testSettings } from '../../../test/clients.ts';
import { createTestStore, type TestStore } from '../../../test/store.ts';
import { checkDoors } from './check-doors.ts';
import type { Finding } from './finding.ts';

const dayMs = 86_400_000;
let database: TestStore;

beforeAll(async () => {
  database = await createTestStore();
});
afterAll(() => database.close());

function look(publicUrl: string): Promise<Finding[]> {
  const unused = (): Promise<never> => Promise.reject(new Error('Nothing else is asked for.'));
  const settings = { ...testSettings, publicUrl };
  return checkDoors({ store: database.store, settings, platforms: unused, temporal: unused, walkParts: unused });
}

test('an API key is said to end a week before, and no longer once it is revoked', async () => {
  const { apiKeys } = database.store;
  await apiKeys.create({ name: 'lasting', scopes: ['tokens:read'], lifetimeMs: 90 * dayMs });
  expect(await look('http://localhost:8422')).toMatchObject([{ check: 'API keys', result: 'fine' }]);
  await apiKeys.create({ name: 'ending', scopes: ['tokens:read'], lifetimeMs: 6 * dayMs });
  await apiKeys.create({ name: 'over', scopes: ['tokens:read'], lifetimeMs: 1 });
  const [found] = await look('http://localhost:8422');
  expect(found).toMatchObject({ result: 'warning', needsPerson: false });
  for (const name of ['ending', 'over']) expect(found?.evidence).toContain(name);
  expect(found?.evidence).not.toContain('lasting');
  await apiKeys.revoke('ending');
  await apiKeys.revoke('over');
  expect(await look('https://connector.example')).toMatchObject([{ result: 'fine' }]);
});

test('a database that is older than the program is said to be, instead of ending the examination', async () => {
  await database.admin.query('alter table connector.api_keys rename to keys_of_later');
  const [found] = await look('http://localhost:8422');
  await database.admin.query('alter table connector.keys_of_later rename to api_keys');
  expect(found).toMatchObject({ check: 'API keys', result: 'wrong' });
  expect(found?.remedy).toContain('connector up');
});

test('an address that lets everybody on the way read along is pointed out', async () => {
  expect(await look('http://connector.lan:8422')).toContainEqual(
    expect.objectContaining({ check: 'address', result: 'warning', evidence: 'http://connector.lan:8422' }),
  );
  for (const publicUrl of ['http://127.0.0.1:8422', 'http://[::1]:8422', 'https://connector.lan']) {
    expect((await look(publicUrl)).map(({ check }) => check)).toEqual(['API keys']);
  }
});
