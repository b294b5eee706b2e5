import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestStore, openActive, type TestStore } from '../test/store.ts';
import { isPaused, notePause, pausedConnections } from './paused-connections.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await createTestStore();
});
afterAll(() => tested.close());

test('a connection is paused from its pause to its resume, whatever else happens to it', async () => {
  const { store } = tested;
  const one = await openActive(store, { owner: 'ada' });
  const other = await openActive(store, { owner: 'bob' });
  expect(await pausedConnections(store, null)).toEqual(new Set());
  await notePause(store, one, 'pause');
  await notePause(store, other, 'pause');
  await notePause(store, one, 'resume');
  await notePause(store, one, 'pause');
  const { id: connectionId, owner, platform } = one;
  await store.events.append({ connectionId, owner, platform, actor: 'connector', kind: 'task.opened', detail: {} });
  expect(await pausedConnections(store, null)).toEqual(new Set([one.id, other.id]));
  expect(await pausedConnections(store, 'ada')).toEqual(new Set([one.id]));
  expect(await isPaused(store, one.id)).toBe(true);
  await notePause(store, one, 'resume');
  expect(await pausedConnections(store, null)).toEqual(new Set([other.id]));
  expect(await isPaused(store, one.id)).toBe(false);
  expect((await store.events.list({ connectionId, limit: 1 }))[0]).toMatchObject({
    actor: 'person',
    kind: 'connection.resumed',
  });
});
