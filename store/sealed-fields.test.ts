import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestStore, newKey, openActive, readable, secrets, type TestStore } from '../test/store.ts';
import { createStore, followKeyRing, parseKeyRing, type Store } from './index.ts';

const older = newKey('k1');
const newer = newKey('k2');

let database: TestStore;
/** What the processes of the environment read their ring from; a rotation replaces it. */
let ringFile: readonly { id: string; key: string }[];

beforeEach(async () => {
  ringFile = [older];
  database = await createTestStore(followKeyRing(() => ringFile));
});
afterEach(() => database.close());

/** A process that has only these keys. */
async function withKeys<Result>(
  keys: readonly { id: string; key: string }[],
  act: (store: Store) => Promise<Result>,
): Promise<Result> {
  const connection = { databaseUrl: database.database.workerUrl };
  const store = createStore({ connection, keyRing: parseKeyRing(keys) });
  try {
    return await act(store);
  } finally {
    await store.close();
  }
}

async function openMany(count: number): Promise<string[]> {
  const opened = await Promise.all(Array.from({ length: count }, () => openActive(database.store)));
  return opened.map(({ id }) => id);
}

test('every sealed field of every row opens with the new key alone, and nothing else has changed', async () => {
  const { store, admin } = database;
  const ids = await openMany(5);
  const consent = { connectionId: ids[0] ?? '', state: 's', browser: 'b', verifier: 'v', redirectUri: 'r' };
  const consentId = await store.consentRequests.create({ ...consent, lifetimeMs: 60_000 });
  await store.consentRequests.spend({ state: 's', browser: 'b', code: 'the-code' });
  const select = `select id, version, updated_at, lease_owner from connector.platform_connections order by id`;
  const { rows: before } = await admin.query(select);
  expect(await store.sealedFields.usage()).toEqual(new Map([['k1', 5 * 3 + 2]]));

  ringFile = [newer, older];
  const seen: number[] = [];
  const report = await store.sealedFields.reseal({ batch: 2, progress: ({ rows }) => seen.push(rows) });
  expect(report).toEqual({ rows: 6, fields: 17, unreadable: [] });
  expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await store.sealedFields.usage()).toEqual(new Map([['k2', 17]]));
  expect((await admin.query(select)).rows).toEqual(before);

  await withKeys([newer], async (without) => {
    for (const id of ids) expect((await without.connections.load(id))?.credentials).toMatchObject(secrets);
    expect(await without.consentRequests.takeCode(consentId)).toMatchObject({ code: 'the-code', verifier: 'v' });
  });
});

test('refreshes that run meanwhile lose nothing, whichever side is faster', async () => {
  const { store } = database;
  const ids = await openMany(30);
  const newest = new Map<string, string>();
  let rotating = true;
  const refreshing = ids.map(async (id) => {
    do {
      const row = await store.connections.load(id);
      if (row === null) throw new Error(`${id} is gone`);
      const request = { connectionId: id, version: row.facts.version, leaseMs: 10_000, fingerprint: 'f' };
      const lease = await store.refreshes.take(request);
      expect(lease).not.toBeNull();
      if (lease === null) return;
      const token = `rotated-${randomUUID()}`;
      const grant = { credentials: { access_token: `access-${token}`, refresh_token: token } };
      // The row may be re-sealed in here, between the lease and the save.
      const saved = await store.refreshes.save(lease, { grant, readable });
      expect(saved).not.toBeNull();
      newest.set(id, token);
    } while (rotating);
  });
  ringFile = [newer, older];
  for (let round = 0; round < 3; round += 1) await store.sealedFields.reseal({ batch: 7 });
  rotating = false;
  await Promise.all(refreshing);
  await store.sealedFields.reseal();
  expect(await store.sealedFields.usage()).toEqual(new Map([['k2', 90]]));
  await withKeys([newer], async (without) => {
    for (const id of ids) {
      const row = await without.connections.load(id);
      const token = newest.get(id) ?? '';
      expect(row?.credentials).toMatchObject({ refresh_token: token, client_secret: secrets.client_secret });
    }
  });
});

test('a lease that was taken before the re-sealing saves after it', async () => {
  const { store } = database;
  const { id, version } = await openActive(store);
  const lease = await store.refreshes.take({ connectionId: id, version, leaseMs: 10_000, fingerprint: 'f' });
  if (lease === null) throw new Error('The lease was not free.');
  ringFile = [newer, older];
  await store.sealedFields.reseal();
  const grant = { credentials: { access_token: 'second', refresh_token: 'rotated' } };
  expect(await store.refreshes.save(lease, { grant, readable })).not.toBeNull();
  await withKeys([newer], async (without) => {
    expect((await without.connections.load(id))?.credentials).toMatchObject({ ...secrets, ...grant.credentials });
  });
});

test('a re-sealing that is stopped after some rows goes on from there', async () => {
  const { store } = database;
  await openMany(9);
  ringFile = [newer, older];
  const stopped = store.sealedFields.reseal({
    batch: 3,
    progress: ({ rows }) => {
      if (rows === 4) throw new Error('stopped');
    },
  });
  await expect(stopped).rejects.toThrow('stopped');
  expect(await store.sealedFields.usage()).toEqual(
    new Map([
      ['k1', 15],
      ['k2', 12],
    ]),
  );
  expect(await store.sealedFields.reseal()).toMatchObject({ rows: 5, fields: 15 });
  expect(await store.sealedFields.reseal()).toMatchObject({ rows: 0, fields: 0 });
});

test('a process that knows only the old key does not undo it for ever, and reads on once it is told', async () => {
  const { store } = database;
  const { id } = await openActive(store);
  ringFile = [newer, older];
  await store.sealedFields.reseal();
  // It started before and was not told: what it writes is found, and sealed anew.
  await withKeys([older], (behind) => openActive(behind));
  expect((await store.sealedFields.usage()).get('k1')).toBe(3);
  expect(await store.sealedFields.reseal()).toMatchObject({ rows: 1, fields: 3 });
  await expect(withKeys([older], (behind) => behind.connections.load(id))).rejects.toThrow('"k2"');
});

test('a field that no key opens is named and left, and holds nothing else up', async () => {
  const { store, admin } = database;
  const [damaged = '', sound = ''] = await openMany(2);
  await admin.query(
    `update connector.platform_connections
     set credentials = jsonb_set(credentials, '{access_token}', '"sealed:v1:k1:AAAA"') where id = $1`,
    [damaged],
  );
  ringFile = [newer, older];
  const report = await store.sealedFields.reseal();
  expect(report).toMatchObject({ rows: 2, fields: 5 });
  expect(report.unreadable).toMatchObject([{ connectionId: damaged, field: 'access_token', keyId: 'k1' }]);
  expect((await store.connections.load(sound))?.credentials).toMatchObject(secrets);
});

test('an answer that waited while the keys were rotated is saved with the new key', async () => {
  const { store } = database;
  const { id: connectionId, version } = await openActive(store);
  const lease = await store.refreshes.take({ connectionId, version, leaseMs: 30_000, fingerprint: 'print' });
  if (lease === null) throw new Error('The lease was refused.');
  const credentials = { access_token: 'waited', token_expiry: '2030-01-01T00:00:00.000Z' };
  const unsaved = store.refreshes.seal(lease, { credentials }, '2029-12-31T23:00:00.000Z', readable);
  ringFile = [newer, older];
  await store.sealedFields.reseal();
  expect(await store.refreshes.saveSealed(unsaved)).not.toBeNull();
  await withKeys([newer], async (without) => {
    expect((await without.connections.load(connectionId))?.credentials).toMatchObject(credentials);
  });
});
