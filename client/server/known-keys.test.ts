import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fullKey, testSettings } from '../../test/clients.ts';
import { createTestStore, type TestStore } from '../../test/store.ts';
import type { ApiKeys } from '../../store/api-keys.ts';
import { newApiKey } from '../../store/random-secrets.ts';
import { createKnownKeys, digestKeys, keyMemory, type FindKey } from './known-keys.ts';

const environmentKeys = digestKeys(testSettings.apiKeys);
let database: TestStore;
let asked: number;
let noted: number;
let isAway: boolean;
let nowMs: number;
let find: FindKey;

beforeAll(async () => {
  database = await createTestStore();
});
afterAll(() => database.close());
beforeEach(() => {
  [asked, noted, isAway, nowMs] = [0, 0, false, 1_000];
  const { apiKeys } = database.store;
  const counted: Pick<ApiKeys, 'find' | 'noteUse'> = {
    find: (digest) => {
      asked += 1;
      return isAway ? Promise.reject(new Error('away')) : apiKeys.find(digest);
    },
    noteUse: (id) => {
      noted += 1;
      return apiKeys.noteUse(id);
    },
  };
  find = createKnownKeys(environmentKeys, counted, () => nowMs);
});

async function create(name: string, lifetimeMs: number | null = null): Promise<string> {
  const made = await database.store.apiKeys.create({ name, scopes: ['tokens:read'], lifetimeMs });
  if (made === null) throw new Error(`There is a key ${name} already.`);
  return made.key;
}

describe('a key of the environment', () => {
  it('is known at once, without the database and without being kept', () => {
    isAway = true;
    expect(find(fullKey)).toMatchObject({ name: 'full', scopes: ['tokens:read', 'connections:write'] });
    expect(asked).toBe(0);
    expect(JSON.stringify(environmentKeys)).not.toContain(fullKey);
  });
});

describe('a key of the database', () => {
  it('works as soon as it is made', async () => {
    expect(await find(await create('fresh'))).toMatchObject({ name: 'fresh', scopes: ['tokens:read'] });
  });

  it('that is in use costs one question in two seconds, for which no request waits', async () => {
    const key = await create('busy');
    await find(key);
    for (let request = 0; request < 5_000; request += 1) {
      nowMs += 2;
      expect(find(key)).not.toBeInstanceOf(Promise);
      if (request % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(asked).toBeLessThanOrEqual(1 + 10_000 / keyMemory.freshMs);
  });

  it('is asked for once by fifty who come at once', async () => {
    const key = await create('together');
    const found = await Promise.all(Array.from({ length: 50 }, async () => find(key)));
    expect(found.every((one) => one?.name === 'together')).toBe(true);
    expect(asked).toBe(1);
  });

  it('opens nothing five seconds after it was revoked, however often it is used', async () => {
    const key = await create('revoked');
    await find(key);
    await database.store.apiKeys.revoke('revoked');
    const revokedMs = nowMs;
    for (; nowMs - revokedMs < 5_000; nowMs += 100) {
      await find(key);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(await find(key)).toBeNull();
    // Nor when nobody has used it since.
    const other = await create('revoked later');
    await find(other);
    await database.store.apiKeys.revoke('revoked later');
    nowMs += 5_000;
    expect(await find(other)).toBeNull();
  });

  it('opens nothing from the moment of its end', async () => {
    const key = await create('brief', 1_500);
    expect(await find(key)).not.toBeNull();
    nowMs += 1_000;
    expect(await find(key)).not.toBeNull();
    nowMs += 500;
    expect(await find(key)).toBeNull();
  });

  it('is not taken on trust while the database is away', async () => {
    const key = await create('trusted');
    await find(key);
    isAway = true;
    nowMs += keyMemory.freshMs;
    expect(await find(key)).not.toBeNull();
    nowMs += keyMemory.staleMs;
    await expect(Promise.resolve(find(key))).rejects.toThrow('away');
  });

  it('has its use noted once a minute', async () => {
    const key = await create('noted');
    for (let second = 0; second < 130; second += 1) {
      await find(key);
      nowMs += 1_000;
    }
    expect(noted).toBe(3);
    const [record] = (await database.store.apiKeys.list()).filter(({ name }) => name === 'noted');
    expect(record?.lastUsedAt).not.toBeNull();
  });
});

it('what was made up or mistyped does not reach the database, and what does is not remembered', async () => {
  const key = await create('mistyped');
  for (const guess of [
    '',
    'guessed',
    `${key}x`,
    key.slice(0, -1),
    key.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
  ]) {
    expect(await find(guess)).toBeNull();
  }
  expect(asked).toBe(0);
  const unknown = newApiKey();
  expect(await find(unknown)).toBeNull();
  expect(await find(unknown)).toBeNull();
  expect(asked).toBe(2);
});
