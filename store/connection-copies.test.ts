import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestStore, openActive, readable, secrets, type TestStore } from '../test/store.ts';

let here: TestStore;
let there: TestStore;

beforeAll(async () => {
  [here, there] = await Promise.all([createTestStore(), createTestStore()]);
});
afterAll(async () => {
  await here.close();
  await there.close();
});

test('a connection arrives in an environment with other keys as it was, and is sealed there', async () => {
  const { id } = await openActive(here.store);
  const expiresAt = '2031-01-02T03:04:05.678Z';
  await here.store.connections.setStatus({ connectionId: id, status: 'needs_consent', statusReason: 'invalid_grant' });
  await here.store.connections.noteRead(id);
  const before = await here.store.connections.facts(id);
  const grant = { credentials: {}, expiresAt, mode: { mode: 'restricted', reason: 'In review.' } } as const;
  const saved = await here.store.connections.saveGrant({
    connectionId: id,
    version: before?.version ?? 0,
    grant,
    readable,
  });
  const { copies, unreadable } = await here.store.copies.take();
  expect(unreadable).toEqual([]);
  expect(copies).toHaveLength(1);
  for (const copy of copies) expect(await there.store.copies.put(copy, readable)).toBe(true);

  const arrived = await there.store.connections.load(id);
  expect(arrived?.facts).toEqual({ ...saved, version: 1 });
  expect(arrived?.facts).toMatchObject({ status: 'needs_consent', mode: 'restricted', expiresAt, scopes: ['upload'] });
  expect(arrived?.credentials).toEqual({ client_id: 'client-1', ...secrets });
  const { rows } = await there.admin.query('select credentials::text from connector.platform_connections');
  expect(JSON.stringify(rows)).not.toContain(secrets.refresh_token);
});

test('what is there already stays as it is', async () => {
  const { id, owner, platform, accountId } = await openActive(here.store);
  const { copies } = await here.store.copies.take();
  const copy = copies.find((one) => one.id === id);
  if (copy === undefined || accountId === null) throw new Error('It was not taken.');
  const newer = { client_id: 'client-1', refresh_token: 'newer' };
  const present = await openActive(there.store, { owner, platform, accountId, credentials: newer });
  expect(await there.store.copies.put(copy, readable)).toBe(false);
  expect(await there.store.copies.put({ ...copy, id: present.id, accountId: 'another' }, readable)).toBe(false);
  expect((await there.store.connections.load(present.id))?.credentials).toEqual(newer);
  expect(await there.store.connections.load(id)).toBeNull();
});

test('one that does not open is named, and the others are taken', async () => {
  const { id } = await openActive(here.store);
  await here.admin.query(
    `update connector.platform_connections set credentials = '{"access_token":"sealed:v1:lost:AAAA"}' where id = $1`,
    [id],
  );
  const { copies, unreadable } = await here.store.copies.take();
  expect(unreadable).toMatchObject([{ connectionId: id, keyId: 'lost' }]);
  expect(copies.map((copy) => copy.id)).not.toContain(id);
});
