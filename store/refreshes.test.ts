import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Grant } from '../model/credentials.ts';
import { createTestStore, openActive, readable, type TestStore } from '../test/store.ts';
import type { Lease } from './store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await createTestStore();
});
afterAll(() => tested.close());

const rotated: Grant = {
  credentials: { access_token: 'access-token-2', refresh_token: 'refresh-token-2' },
  expiresAt: '2030-01-01T00:00:00.000Z',
};
const obtainedAt = '2029-12-31T23:00:00.000Z';

async function take(connection: { id: string; version: number }, leaseMs = 30_000): Promise<Lease | null> {
  const { id: connectionId, version } = connection;
  return tested.store.refreshes.take({ connectionId, version, leaseMs, fingerprint: 'print-1' });
}

async function taken(connection: { id: string; version: number }, leaseMs?: number): Promise<Lease> {
  const lease = await take(connection, leaseMs);
  if (lease === null) throw new Error('The lease was refused.');
  return lease;
}

test('of twenty who want to refresh at once, one does, and it is journalled once', async () => {
  const connection = await openActive(tested.store);
  const leases = await Promise.all(Array.from({ length: 20 }, () => take(connection)));
  expect(leases.filter((lease) => lease !== null)).toHaveLength(1);
  expect(await tested.store.refreshes.history(connection.id, 10)).toHaveLength(1);
  const until = await tested.store.refreshes.heldUntil(connection.id);
  expect(Date.parse(until ?? '') - Date.now()).toBeGreaterThan(20_000);
});

test('a saved refresh hands out the new tokens, keeps what was not sent, and frees the lease', async () => {
  const connection = await openActive(tested.store);
  const lease = await taken(connection);
  const grant = { credentials: { access_token: 'access-token-2' }, expiresAt: '2030-01-01T01:00:00+01:00' };
  const nextRefreshAt = '2029-12-31T23:45:00.000Z';
  const facts = await tested.store.refreshes.save(lease, { grant, readable, obtainedAt, nextRefreshAt });
  expect(facts).toMatchObject({
    version: connection.version + 1,
    expiresAt: '2030-01-01T00:00:00.000Z',
    lastRefreshAt: obtainedAt,
    nextRefreshAt,
    scopes: ['upload'],
    status: 'active',
  });
  const loaded = await tested.store.connections.load(connection.id);
  expect(loaded?.credentials).toMatchObject({ access_token: 'access-token-2', refresh_token: 'refresh-token-1' });
  expect(await tested.store.refreshes.heldUntil(connection.id)).toBeNull();
  expect(await tested.store.refreshes.history(connection.id, 1)).toMatchObject([{ outcome: 'saved' }]);
  expect(await take({ id: connection.id, version: lease.version + 1 })).not.toBeNull();
});

test('a second save from the same version loses and changes nothing', async () => {
  const connection = await openActive(tested.store);
  const lease = await taken(connection);
  await tested.store.refreshes.save(lease, { grant: rotated, readable, obtainedAt });
  const late = { credentials: { access_token: 'from the past' } };
  expect(await tested.store.refreshes.save(lease, { grant: late, readable, obtainedAt })).toBeNull();
  const loaded = await tested.store.connections.load(connection.id);
  expect(loaded?.credentials['access_token']).toBe('access-token-2');
});

test('a lease is not given at a version that has passed', async () => {
  const connection = await openActive(tested.store);
  expect(await take({ id: connection.id, version: connection.version - 1 })).toBeNull();
});

test('a process that was stopped after the call saves when it wakes, although its lease is over', async () => {
  const connection = await openActive(tested.store);
  const lease = await taken(connection, 1);
  await sleep(20);
  expect(await tested.store.refreshes.save(lease, { grant: rotated, readable, obtainedAt })).not.toBeNull();
});

test('a late save does not shut out the one that refreshes now: what the platform gave last is kept', async () => {
  const connection = await openActive(tested.store);
  const sleeper = await taken(connection, 1);
  await sleep(20);
  const current = await taken(connection);
  expect(await tested.store.refreshes.save(sleeper, { grant: rotated, readable, obtainedAt })).not.toBeNull();
  expect(await tested.store.refreshes.heldUntil(connection.id)).not.toBeNull();
  const newest = { credentials: { access_token: 'access-token-3', refresh_token: 'refresh-token-3' } };
  expect(await tested.store.refreshes.save(current, { grant: newest, readable, obtainedAt })).not.toBeNull();
  const loaded = await tested.store.connections.load(connection.id);
  expect(loaded?.credentials['refresh_token']).toBe('refresh-token-3');
});

test('a refusal of the old refresh token means nothing once a late save brought the new one', async () => {
  const connection = await openActive(tested.store);
  const sleeper = await taken(connection, 1);
  await sleep(20);
  const current = await taken(connection);
  await tested.store.refreshes.save(sleeper, { grant: rotated, readable, obtainedAt });
  const verdict = { outcome: 'needs_consent:invalid_grant', status: 'needs_consent', statusReason: 'x' } as const;
  expect(await tested.store.refreshes.fail(current, verdict)).toBeNull();
  expect(await tested.store.connections.facts(connection.id)).toMatchObject({ status: 'active', statusReason: null });
  expect(await tested.store.refreshes.heldUntil(connection.id)).toBeNull();
});

test('a late save takes back that the connection was given up: the platform takes what it brought', async () => {
  const connection = await openActive(tested.store);
  const sleeper = await taken(connection, 1);
  await sleep(20);
  const verdict = { outcome: 'lost_rotation', status: 'needs_consent', statusReason: 'lost_rotation' } as const;
  expect(await tested.store.refreshes.fail(await taken(connection), verdict)).not.toBeNull();
  const saved = await tested.store.refreshes.save(sleeper, { grant: rotated, readable, obtainedAt });
  expect(saved).toMatchObject({ status: 'active', statusReason: null, revived: true });
});

test('a save after a revocation loses: nothing brings erased secrets back', async () => {
  const connection = await openActive(tested.store);
  const lease = await taken(connection);
  const unsaved = tested.store.refreshes.seal(lease, rotated, obtainedAt, readable);
  await tested.store.connections.revoke(connection.id, 'disconnected');
  expect(await tested.store.refreshes.save(lease, { grant: rotated, readable, obtainedAt })).toBeNull();
  expect(await tested.store.refreshes.saveSealed(unsaved)).toBeNull();
  const { rows } = await tested.admin.query('select credentials from connector.platform_connections where id = $1', [
    connection.id,
  ]);
  expect(rows).toEqual([{ credentials: { client_id: 'client-1' } }]);
});

test('a new consent wins over a refresh of the old grant that is still under way', async () => {
  const connection = await openActive(tested.store);
  const lease = await taken(connection);
  const consented = { credentials: { access_token: 'consented', refresh_token: 'consented too' } };
  const { id: connectionId, version } = connection;
  expect(
    await tested.store.connections.saveGrant({ connectionId, version, grant: consented, readable }),
  ).not.toBeNull();
  expect(await tested.store.refreshes.save(lease, { grant: rotated, readable, obtainedAt })).toBeNull();
  expect(await tested.store.refreshes.history(connectionId, 1)).toMatchObject([{ outcome: 'superseded' }]);
  expect((await tested.store.connections.load(connectionId))?.credentials['access_token']).toBe('consented');
});

test('a probe or a change of status never costs a refresh under way its rotated token', async () => {
  const connection = await openActive(tested.store);
  const lease = await taken(connection);
  const { id: connectionId, version } = connection;
  const proof = { credentials: { client_id: 'client-1' }, scopes: ['upload', 'read'] };
  await tested.store.connections.saveGrant({ connectionId, version, grant: proof, readable, probedAt: obtainedAt });
  await tested.store.connections.setStatus({ connectionId, status: 'needs_consent', statusReason: 'blip' });
  await tested.store.connections.setNextRefresh(connectionId, obtainedAt);
  await tested.store.connections.noteProbe(connectionId, obtainedAt);
  await tested.store.connections.noteRead(connectionId);
  const saved = await tested.store.refreshes.save(lease, { grant: rotated, readable, obtainedAt });
  expect(saved).toMatchObject({ status: 'active', revived: true, scopes: ['upload', 'read'] });
});

test('an attempt that died between the call and the save is in doubt once its lease is over', async () => {
  const connection = await openActive(tested.store);
  const lease = await taken(connection, 150);
  expect(await tested.store.refreshes.inDoubt(connection.id)).toBeNull();
  await sleep(200);
  const doubt = await tested.store.refreshes.inDoubt(connection.id);
  expect(doubt).toMatchObject({ attemptId: lease.attemptId, fingerprint: 'print-1' });
  expect(Math.abs(Date.parse(doubt?.startedAt ?? '') - Date.now())).toBeLessThan(10_000);
});

test('whoever takes the lease learns that the same token was sent before, and leaves no attempt open behind', async () => {
  const connection = await openActive(tested.store);
  expect((await taken(connection, 1)).inDoubt).toBe(false);
  await sleep(20);
  const again = await taken(connection, 1);
  expect(again.inDoubt).toBe(true);
  await sleep(20);
  const { id: connectionId, version } = connection;
  const other = await tested.store.refreshes.take({ connectionId, version, leaseMs: 30_000, fingerprint: 'print-2' });
  expect(other?.inDoubt).toBe(false);
  expect(await tested.store.refreshes.history(connectionId, 3)).toMatchObject([
    { outcome: null },
    { outcome: 'in_doubt_superseded' },
    { outcome: 'in_doubt_retried' },
  ]);
});

test('a failure is journalled, frees the lease and carries its status with it', async () => {
  const connection = await openActive(tested.store);
  const failed = await tested.store.refreshes.fail(await taken(connection), {
    outcome: 'needs_consent:invalid_grant',
    status: 'needs_consent',
    statusReason: 'invalid_grant',
    nextRefreshAt: null,
  });
  expect(failed).toMatchObject({ status: 'needs_consent', statusReason: 'invalid_grant', version: connection.version });
  expect(await tested.store.refreshes.inDoubt(connection.id)).toBeNull();
  expect(await tested.store.refreshes.heldUntil(connection.id)).toBeNull();
});

test('a token that the platform has refused is never sent by whoever loaded it before', async () => {
  const connection = await openActive(tested.store);
  const lease = await taken(connection);
  const verdict = { outcome: 'needs_consent:invalid_grant', status: 'needs_consent', statusReason: 'x' } as const;
  await tested.store.refreshes.fail(lease, verdict);
  expect(await take(connection)).toBeNull();
});

test('an attempt whose answer never came frees its lease and stays in doubt', async () => {
  const connection = await openActive(tested.store);
  const lease = await taken(connection);
  await tested.store.refreshes.fail(lease, { outcome: null });
  expect(await tested.store.refreshes.inDoubt(connection.id)).toMatchObject({ attemptId: lease.attemptId });
});

test('a failure that only passes by leaves the status alone', async () => {
  const connection = await openActive(tested.store);
  const failed = await tested.store.refreshes.fail(await taken(connection), { outcome: 'transient:503' });
  expect(failed).toMatchObject({ status: 'active', statusReason: null });
});

test('a grant that waited in Temporal is saved sealed, once, however often the save is repeated', async () => {
  const connection = await openActive(tested.store);
  const lease = await taken(connection);
  const unsaved = tested.store.refreshes.seal(lease, { ...rotated, refreshExpiresAt: null }, obtainedAt, readable);
  const travelled: unknown = JSON.parse(JSON.stringify(unsaved));
  expect(JSON.stringify(travelled)).not.toContain('token-2');
  expect(travelled).toEqual(unsaved);
  const first = await tested.store.refreshes.saveSealed(unsaved);
  expect(first).toMatchObject({ version: connection.version + 1, lastRefreshAt: obtainedAt });
  expect(await tested.store.refreshes.heldUntil(connection.id)).toBeNull();
  expect(await tested.store.refreshes.saveSealed(unsaved)).toEqual(first);
  expect(first?.revived).toBe(false);
  expect((await tested.store.connections.load(connection.id))?.credentials['refresh_token']).toBe('refresh-token-2');
});

test('a save whose answer was lost on the way is recognised when it is repeated sealed', async () => {
  const connection = await openActive(tested.store);
  const lease = await taken(connection);
  const saved = await tested.store.refreshes.save(lease, { grant: rotated, readable, obtainedAt });
  const unsaved = tested.store.refreshes.seal(lease, rotated, obtainedAt, readable);
  expect(await tested.store.refreshes.saveSealed(unsaved)).toEqual(saved);
});

test('the journal keeps fingerprints and no token', async () => {
  const { rows } = await tested.admin.query('select * from connector.refresh_attempts');
  expect(rows.length).toBeGreaterThan(10);
  expect(JSON.stringify(rows)).not.toMatch(/token-\d|sealed:/);
});
