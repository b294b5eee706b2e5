import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestStore, newKey, openActive, readable, secrets, type TestStore } from '../test/store.ts';
import { createStore, parseKeyRing, UnreadableCredentialsError } from './index.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await createTestStore();
});
afterAll(() => tested.close());

/** Writes behind the store's back, as a person with psql would. */
async function change(id: string, assignment: string): Promise<void> {
  await tested.admin.query(`update connector.platform_connections set ${assignment} where id = $1`, [id]);
}

async function storedText(id: string): Promise<string> {
  const { rows } = await tested.admin.query<{ text: string }>(
    'select c::text as text from connector.platform_connections c where id = $1',
    [id],
  );
  return rows[0]?.text ?? '';
}

test('opening an onboarding twice leaves what was given the first time', async () => {
  const request = { id: randomUUID(), owner: 'ada', platform: 'youtube', label: 'main', readable };
  const first = await tested.store.connections.open({ ...request, credentials: { client_secret: 'given' } });
  expect(first).toMatchObject({ status: 'pending', version: 1, scopes: [], accountId: null, mode: 'live' });
  expect(await tested.store.connections.open({ ...request, credentials: {} })).toEqual(first);
  const loaded = await tested.store.connections.load(request.id);
  expect(loaded?.credentials).toEqual({ client_secret: 'given' });
});

test('facts are JSON with instants in UTC, and never hold a credential', async () => {
  const connection = await openActive(tested.store);
  expect(connection.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(JSON.parse(JSON.stringify(connection))).toEqual(connection);
  expect(connection).not.toHaveProperty('credentials');
  const loaded = await tested.store.connections.load(connection.id);
  expect(loaded?.facts).toEqual(connection);
  expect(Math.abs(Date.parse(loaded?.readAt ?? '') - Date.now())).toBeLessThan(10_000);
});

test('what the table holds in the open are identifiers, not secrets', async () => {
  const text = await storedText((await openActive(tested.store)).id);
  expect(text).toContain('client-1');
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
});

test('an instant that is not mentioned stays, and null clears it', async () => {
  const { id: connectionId, version } = await openActive(tested.store);
  const expiresAt = '2030-06-01T12:00:00.123Z';
  const set = await tested.store.connections.saveGrant({
    connectionId,
    version,
    grant: { credentials: {}, expiresAt, refreshExpiresAt: expiresAt, mode: { mode: 'restricted', reason: 'testing' } },
    readable,
    nextRefreshAt: expiresAt,
    statusReason: 'because',
  });
  expect(set).toMatchObject({ expiresAt, refreshExpiresAt: expiresAt, nextRefreshAt: expiresAt, mode: 'restricted' });
  const cleared = await tested.store.connections.saveGrant({
    connectionId,
    version,
    grant: { credentials: {}, refreshExpiresAt: null, scopes: [] },
    readable,
    statusReason: null,
  });
  expect(cleared).toMatchObject({ expiresAt, refreshExpiresAt: null, nextRefreshAt: expiresAt, modeReason: 'testing' });
  expect(cleared).toMatchObject({ statusReason: null, scopes: [], accountName: 'Ada' });
});

test('of two who save from the same version, one is told that the row moved on', async () => {
  const { id: connectionId, version } = await openActive(tested.store);
  const grants = ['a', 'b'].map((token) => ({ credentials: { access_token: token } }));
  const save = { connectionId, version, readable };
  const saved = await Promise.all(grants.map((grant) => tested.store.connections.saveGrant({ ...save, grant })));
  expect(saved.filter((facts) => facts !== null)).toMatchObject([{ version: version + 1 }]);
});

test('a read gives active connections first, then the newest, and none of another owner', async () => {
  const [owner, platform] = ['bea', 'tiktok'];
  const older = await openActive(tested.store, { owner, platform });
  const newer = await openActive(tested.store, { owner, platform });
  const newest = await openActive(tested.store, { owner, platform });
  await openActive(tested.store, { owner: 'cyd', platform });
  await tested.store.connections.setStatus({ connectionId: newest.id, status: 'needs_consent', statusReason: 'x' });
  const found = await tested.store.connections.read({ owner, platform });
  expect(found.map(({ facts }) => facts.id)).toEqual([newer.id, older.id, newest.id]);
  expect(found[0]?.credentials['access_token']).toBe(secrets.access_token);
  const account = older.accountId ?? '';
  const one = await tested.store.connections.read({ owner, platform, account });
  expect(one.map(({ facts }) => facts.id)).toEqual([older.id]);
  expect(await tested.store.connections.read({ owner, platform, account: 'Ada' })).toHaveLength(3);
  expect(await tested.store.connections.read({ owner, platform, account: 'nobody' })).toEqual([]);
});

test('lists are narrowed by owner, platform and status', async () => {
  const owner = randomUUID();
  const youtube = await openActive(tested.store, { owner });
  const twitter = await openActive(tested.store, { owner, platform: 'twitter' });
  await tested.store.connections.revoke(twitter.id, 'disconnected');
  const ids = async (filter: Parameters<typeof tested.store.connections.list>[0]): Promise<string[]> =>
    (await tested.store.connections.list({ owner, ...filter })).map(({ id }) => id);
  expect(await ids({})).toEqual([twitter.id, youtube.id]);
  expect(await ids({ platforms: ['youtube', 'tiktok'] })).toEqual([youtube.id]);
  expect(await ids({ statuses: ['revoked'] })).toEqual([twitter.id]);
  expect((await tested.store.connections.list()).length).toBeGreaterThan(2);
});

test('an id that is none is answered with nothing', async () => {
  expect(await tested.store.connections.facts('main')).toBeNull();
  expect(await tested.store.connections.load('main')).toBeNull();
  expect(await tested.store.connections.load(randomUUID())).toBeNull();
});

test('revoking erases every secret, keeps identifiers, and frees the account for a new connection', async () => {
  const connection = await openActive(tested.store, { accountId: 'channel-1' });
  const revoked = await tested.store.connections.revoke(connection.id, 'disconnected');
  expect(revoked).toMatchObject({ status: 'revoked', statusReason: 'disconnected', nextRefreshAt: null });
  expect(revoked?.version).toBeGreaterThan(connection.version);
  expect((await tested.store.connections.load(connection.id))?.credentials).toEqual({ client_id: 'client-1' });
  expect(await storedText(connection.id)).not.toContain('sealed:');
  const { id: connectionId, version } = revoked ?? connection;
  expect(
    await tested.store.connections.saveGrant({ connectionId, version, grant: { credentials: {} }, readable }),
  ).toBeNull();
  expect(await tested.store.connections.setStatus({ connectionId, status: 'active', statusReason: null })).toBeNull();
  expect((await openActive(tested.store, { accountId: 'channel-1' })).status).toBe('active');
  expect(await tested.store.connections.revoke(randomUUID(), 'disconnected')).toBeNull();
});

test('a revocation that has seen older credentials erases nothing, and one that counts closes all attempts', async () => {
  const { id: connectionId, version } = await openActive(tested.store);
  await tested.store.refreshes.take({ connectionId, version, leaseMs: 30_000, fingerprint: 'print' });
  expect(await tested.store.connections.revoke(connectionId, 'disconnected', version - 1)).toBeNull();
  expect((await tested.store.connections.load(connectionId))?.credentials).toMatchObject(secrets);
  expect(await tested.store.connections.revoke(connectionId, 'disconnected', version)).not.toBeNull();
  expect(await tested.store.refreshes.history(connectionId, 1)).toMatchObject([{ outcome: 'revoked' }]);
});

test('a time to refresh that was reckoned from older credentials does not replace that of newer ones', async () => {
  const { id: connectionId, version } = await openActive(tested.store);
  const nextRefreshAt = '2030-01-01T00:00:00.000Z';
  await tested.store.connections.saveGrant({
    ...{ connectionId, version, readable, nextRefreshAt },
    grant: { credentials: { access_token: 'newer' } },
  });
  await tested.store.connections.setNextRefresh(connectionId, null, version);
  expect((await tested.store.connections.facts(connectionId))?.nextRefreshAt).toBe(nextRefreshAt);
});

test('a row that became revoked by a change of status has no secrets either', async () => {
  const { id: connectionId } = await openActive(tested.store);
  await tested.store.connections.setStatus({ connectionId, status: 'revoked', statusReason: 'by the platform' });
  expect(await storedText(connectionId)).not.toContain('sealed:');
});

test('a malformed row can still be revoked', async () => {
  const { id } = await openActive(tested.store);
  await change(id, `credentials = '["plain secret"]'`);
  expect(await tested.store.connections.revoke(id, 'disconnected')).toMatchObject({ status: 'revoked' });
  expect(await storedText(id)).not.toContain('plain secret');
});

test('a malformed row is named with its field, and its value is not', async () => {
  const { id } = await openActive(tested.store, { owner: 'malformed' });
  await change(id, `credentials = credentials || '{"access_token": {"value": "hush"}}'`);
  const readings = [
    tested.store.connections.load(id),
    tested.store.connections.read({ owner: 'malformed', platform: 'youtube' }),
  ];
  const errors = await Promise.all(readings.map((reading) => reading.catch((reason: unknown) => reason)));
  for (const error of errors) {
    expect(error).toBeInstanceOf(UnreadableCredentialsError);
    expect(error).toMatchObject({ connectionId: id, field: 'access_token' });
    expect(String(error)).not.toContain('hush');
  }
  expect((await tested.store.connections.list({ owner: 'malformed' })).map((facts) => facts.id)).toEqual([id]);
});

test('an unreadable second account takes nothing from the first', async () => {
  const broken = await openActive(tested.store, { owner: 'two' });
  const good = await openActive(tested.store, { owner: 'two' });
  await change(broken.id, `credentials = '7'`);
  const found = await tested.store.connections.read({ owner: 'two', platform: 'youtube' });
  expect(found.map(({ facts }) => facts.id)).toEqual([good.id]);
});

test('an instant that nobody can write down never breaks a list', async () => {
  const { id } = await openActive(tested.store);
  await change(id, `expires_at = 'infinity', refresh_expires_at = '-infinity', consent_expires_at = '20000-01-01'`);
  expect(await tested.store.connections.facts(id)).toMatchObject({
    expiresAt: '9999-12-31T23:59:59.999Z',
    refreshExpiresAt: '0000-01-01T00:00:00.000Z',
    consentExpiresAt: '9999-12-31T23:59:59.999Z',
  });
});

test('a connection is read with the old key after a new one came first, and sealed with the new one at its next save', async () => {
  const [older, newer] = [newKey('2025'), newKey('2026')];
  const before = createStore({
    connection: { databaseUrl: tested.database.workerUrl },
    keyRing: parseKeyRing([older]),
  });
  const after = createStore({
    connection: { databaseUrl: tested.database.workerUrl },
    keyRing: parseKeyRing([newer, older]),
    preparedStatements: false,
  });
  const { id: connectionId, version } = await openActive(before);
  expect((await after.connections.load(connectionId))?.credentials).toMatchObject(secrets);
  const grant = { credentials: { access_token: 'access-token-2' } };
  await after.connections.saveGrant({ connectionId, version, grant, readable });
  expect(await storedText(connectionId)).toMatch(/sealed:v1:2026:.*sealed:v1:2025:|sealed:v1:2025:.*sealed:v1:2026:/);
  const error: unknown = await before.connections.load(connectionId).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ connectionId, field: 'access_token', keyId: '2026' });
  await Promise.all([before.close(), after.close()]);
});

test('an abandoned onboarding leaves nothing, and a connection cannot be abandoned', async () => {
  const id = randomUUID();
  await tested.store.connections.open({ id, owner: 'ada', platform: 'x', label: 'x', credentials: {}, readable });
  await tested.store.connections.abandon(id);
  expect(await tested.store.connections.facts(id)).toBeNull();
  const connection = await openActive(tested.store);
  await tested.store.connections.abandon(connection.id);
  expect(await tested.store.connections.facts(connection.id)).toEqual(connection);
});
