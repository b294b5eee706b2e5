import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestStore, type TestStore } from '../test/store.ts';
import type { ApiKeyRecord, ApiKeys } from './api-keys.ts';
import { digestOf, isApiKey, newApiKey } from './random-secrets.ts';

let tested: TestStore;
let keys: ApiKeys;
beforeAll(async () => {
  tested = await createTestStore();
  keys = tested.store.apiKeys;
});
afterAll(() => tested.close());

async function create(lifetimeMs: number | null = null): Promise<ApiKeyRecord & { key: string }> {
  const made = await keys.create({ name: randomUUID(), scopes: ['tokens:read'], lifetimeMs });
  if (made === null) throw new Error('A new name was taken.');
  return made;
}

test('a key is known by what it is, to the database that holds nothing but its digest', async () => {
  const { key, ...record } = await create();
  expect(await keys.find(digestOf(key))).toEqual({
    ...{ id: record.id, name: record.name },
    ...{ scopes: ['tokens:read'], livesMs: null },
  });
  expect(await keys.list()).toContainEqual(record);
  expect(JSON.stringify(await keys.list())).not.toContain(key);
  const { rows } = await tested.admin.query<{ text: string }>('select k::text as text from connector.api_keys k');
  const text = rows.map((row) => row.text).join('\n');
  for (const part of [key, key.slice(4), key.slice(4, 24)]) expect(text).not.toContain(part);
  expect(await keys.find(digestOf(newApiKey()))).toBeNull();
});

test('a key ends at its time, and at once when it is revoked', async () => {
  const brief = await create(60);
  expect((await keys.find(digestOf(brief.key)))?.livesMs).toBeGreaterThan(0);
  await sleep(100);
  expect(await keys.find(digestOf(brief.key))).toBeNull();
  const revoked = await create();
  expect((await keys.revoke(revoked.name))?.revokedAt).not.toBeNull();
  expect(await keys.find(digestOf(revoked.key))).toBeNull();
  expect(await keys.revoke(revoked.name)).toBeNull();
  expect(await keys.revoke('nobody')).toBeNull();
});

test('a name is one key’s until that is revoked; the record of it stays', async () => {
  const request = { name: 'poster', scopes: ['tokens:read'], lifetimeMs: null };
  const made = await Promise.all(Array.from({ length: 10 }, () => keys.create(request)));
  expect(made.filter((one) => one !== null)).toHaveLength(1);
  await keys.revoke('poster');
  expect(await keys.create(request)).not.toBeNull();
  expect((await keys.list()).filter(({ name }) => name === 'poster')).toHaveLength(2);
});

test('its use is noted to the minute, not with every use', async () => {
  const { id, name } = await create();
  const lastUse = async (): Promise<string | null | undefined> =>
    (await keys.list()).find((record) => record.name === name)?.lastUsedAt;
  expect(await lastUse()).toBeNull();
  await keys.noteUse(id);
  const noted = await lastUse();
  expect(noted).toEqual(expect.any(String));
  await keys.noteUse(id);
  expect(await lastUse()).toBe(noted);
});

test('a key says what it is to scanners, and a change of one character is found without asking', () => {
  expect(newApiKey()).toMatch(/^pac_[0-9A-Za-z]{49}$/);
  expect(new Set(Array.from({ length: 100 }, newApiKey)).size).toBe(100);
  fc.assert(
    fc.property(fc.nat(48), fc.constantFrom('0', '7', 'A', 'B', 'x', 'z'), (at, character) => {
      const key = newApiKey();
      const changed = key.slice(0, 4 + at) + character + key.slice(5 + at);
      expect(isApiKey(key)).toBe(true);
      expect(isApiKey(changed)).toBe(changed === key);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => !isApiKey(text)));
});
