import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConnectionFacts } from '../model/connection.ts';
import type { Grant } from '../model/credentials.ts';
import { createTestStore, openActive, readable, secrets, type TestStore } from '../test/store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await createTestStore();
});
afterAll(() => tested.close());

/** A second onboarding of an account, at the point where it turns out that the account is connected already. */
async function openPending(grant: Grant, owner = 'default'): Promise<string> {
  const id = randomUUID();
  await tested.store.connections.open({ id, owner, platform: 'youtube', label: id, credentials: {}, readable });
  await tested.store.connections.saveGrant({ connectionId: id, version: 1, grant, readable });
  return id;
}

async function merge(pendingId: string, survivor: ConnectionFacts): Promise<ConnectionFacts | null> {
  return tested.store.connections.merge(pendingId, survivor.id, readable);
}

test('connecting an account again keeps the connection that programs know, with the new token', async () => {
  const survivor = await openActive(tested.store);
  const expiresAt = '2031-01-01T00:00:00.000Z';
  const pendingId = await openPending({
    credentials: { access_token: 'access-token-2', token_expiry: expiresAt },
    expiresAt,
    scopes: ['upload', 'read'],
  });
  const found = await tested.store.connections.findAccount({
    owner: survivor.owner,
    platform: survivor.platform,
    accountId: survivor.accountId ?? '',
    except: pendingId,
  });
  expect(found).toEqual(survivor);
  const merged = await merge(pendingId, survivor);
  expect(merged).toMatchObject({
    id: survivor.id,
    version: survivor.version + 1,
    expiresAt,
    scopes: ['upload', 'read'],
  });
  const loaded = await tested.store.connections.load(survivor.id);
  expect(loaded?.credentials).toEqual({
    client_id: 'client-1',
    ...secrets,
    access_token: 'access-token-2',
    token_expiry: expiresAt,
  });
  expect(await tested.store.connections.facts(pendingId)).toBeNull();
});

test('a grant without a refresh token keeps the old one and its end; a whole new grant replaces both', async () => {
  const survivor = await openActive(tested.store);
  const refreshExpiresAt = '2031-01-01T00:00:00.000Z';
  const { id: connectionId, version } = survivor;
  const known: Grant = { credentials: {}, refreshExpiresAt };
  await tested.store.connections.saveGrant({ connectionId, version, grant: known, readable });
  const partial = await openPending({ credentials: { access_token: 'access-token-2' } });
  expect(await merge(partial, survivor)).toMatchObject({ refreshExpiresAt });
  const whole = await openPending({ credentials: { client_id: 'client-1', ...secrets } });
  expect(await merge(whole, survivor)).toMatchObject({ refreshExpiresAt: null });
});

test('a refresh of the old grant that is under way loses against the merged one', async () => {
  const survivor = await openActive(tested.store);
  const { id: connectionId, version } = survivor;
  const lease = await tested.store.refreshes.take({ connectionId, version, leaseMs: 30_000, fingerprint: 'print' });
  await merge(await openPending({ credentials: { access_token: 'access-token-2' } }), survivor);
  const grant = { credentials: { access_token: 'of the old grant' } };
  const obtainedAt = new Date().toISOString();
  expect(lease && (await tested.store.refreshes.save(lease, { grant, readable, obtainedAt }))).toBeNull();
});

test('of two merges of one pending row, one is done', async () => {
  const survivor = await openActive(tested.store);
  const pendingId = await openPending({ credentials: { access_token: 'access-token-2' } });
  const merged = await Promise.all([merge(pendingId, survivor), merge(pendingId, survivor)]);
  expect(merged.filter((facts) => facts !== null)).toHaveLength(1);
});

test('nothing moves to another owner, to a revoked row, or out of a connection that works', async () => {
  const survivor = await openActive(tested.store);
  const working = await openActive(tested.store);
  expect(await merge(working.id, survivor)).toBeNull();
  const stranger = await openPending({ credentials: { access_token: 'x' } }, 'stranger');
  expect(await merge(stranger, survivor)).toBeNull();
  const pendingId = await openPending({ credentials: { access_token: 'x' } });
  await tested.store.connections.revoke(survivor.id, 'disconnected');
  expect(await merge(pendingId, survivor)).toBeNull();
  expect(await merge(pendingId, working)).toMatchObject({ id: working.id });
});
