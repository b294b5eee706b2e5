import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestStore, openActive, type TestStore } from '../test/store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await createTestStore();
});
afterAll(() => tested.close());

test('what happened to a connection is told newest first, as it was reported', async () => {
  const { id: connectionId, owner, platform } = await openActive(tested.store, { owner: 'events' });
  const event = { connectionId, owner, platform, actor: 'keeper' };
  const detail = { code: 'invalid_grant', attempts: 3, told: true, account: null };
  await tested.store.events.append({ ...event, kind: 'connected', detail: {} });
  await tested.store.events.append({ ...event, kind: 'needs_consent', detail });
  const listed = await tested.store.events.list({ owner, connectionId, limit: 10 });
  expect(listed).toMatchObject([
    { ...event, kind: 'needs_consent', detail },
    { ...event, kind: 'connected', detail: {} },
  ]);
  expect(listed[0]?.at).toMatch(/Z$/);
  expect(await tested.store.events.list({ owner, limit: 1 })).toEqual(listed.slice(0, 1));
});

test('the trail outlives its connection and cannot be rewritten by a worker', async () => {
  const { id: connectionId, owner, platform } = await openActive(tested.store, { owner: 'trail' });
  await tested.store.events.append({ connectionId, owner, platform, actor: 'a', kind: 'connected', detail: {} });
  await tested.admin.query('delete from connector.platform_connections where id = $1', [connectionId]);
  expect(await tested.store.events.list({ connectionId, limit: 10 })).toHaveLength(1);
  const { rows } = await tested.admin.query(
    `select privilege_type from information_schema.role_table_grants
     where table_name = 'connection_events' and grantee like '%worker' and privilege_type in ('UPDATE', 'DELETE')`,
  );
  expect(rows).toEqual([]);
});
