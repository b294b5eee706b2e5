import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestStore, openActive, type TestStore } from '../test/store.ts';
import type { HumanTask } from './store.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await createTestStore();
});
afterAll(() => tested.close());

async function newTask(dedupeKey: string): Promise<Omit<HumanTask, 'id' | 'openedAt'> & { connectionId: string }> {
  const { id: connectionId, owner, platform } = await openActive(tested.store, { owner: dedupeKey });
  const dueAt = '2030-01-01T00:00:00.000Z';
  return { connectionId, owner, platform, dedupeKey, title: 'Consent again', why: 'It ended.', link: null, dueAt };
}

test('one cause is one task, however often and however many at once it is reported', async () => {
  const task = await newTask('one');
  const reports = Array.from({ length: 10 }, () => tested.store.tasks.open(task));
  expect((await Promise.all(reports)).filter((isNew) => isNew)).toHaveLength(1);
  expect(await tested.store.tasks.open({ ...task, why: 'It ended, and the post was not published.' })).toBe(false);
  const listed = await tested.store.tasks.list({ owner: 'one' });
  expect(listed).toMatchObject([{ ...task, why: 'It ended, and the post was not published.' }]);
});

test('nothing is asked of a person for a connection that is revoked, or that is well again', async () => {
  const task = await newTask('too late');
  const { connectionId } = task;
  expect(await tested.store.tasks.open(task, 'needs_consent')).toBe(false);
  await tested.store.connections.setStatus({ connectionId, status: 'needs_consent', statusReason: 'x' });
  expect(await tested.store.tasks.open(task, 'needs_consent')).toBe(true);
  await tested.store.tasks.close({ connectionId, because: 'revoked' });
  await tested.store.connections.revoke(connectionId, 'disconnected');
  expect(await tested.store.tasks.open(task)).toBe(false);
  expect(await tested.store.tasks.list({ connectionId })).toEqual([]);
});

test('a closed task is off the list, and the same cause opens a new one', async () => {
  const task = await newTask('again');
  await tested.store.tasks.open(task);
  const { connectionId } = task;
  expect(await tested.store.tasks.close({ connectionId, dedupeKey: 'another', because: 'x' })).toBe(0);
  expect(await tested.store.tasks.close({ connectionId, because: 'connected' })).toBe(1);
  expect(await tested.store.tasks.list({ connectionId })).toEqual([]);
  expect(await tested.store.tasks.open(task)).toBe(true);
});

test('what is due first stands first', async () => {
  const task = await newTask('due');
  await tested.store.tasks.open({ ...task, dedupeKey: 'never', dueAt: null });
  await tested.store.tasks.open({ ...task, dedupeKey: 'late' });
  await tested.store.tasks.open({ ...task, dedupeKey: 'soon', dueAt: '2027-01-01T00:00:00.000Z' });
  const keys = (await tested.store.tasks.list({ owner: 'due' })).map(({ dedupeKey }) => dedupeKey);
  expect(keys).toEqual(['soon', 'late', 'never']);
});

test('a task of no connection is kept too', async () => {
  const task = { ...(await newTask('operator')), connectionId: null };
  expect(await tested.store.tasks.open(task)).toBe(true);
});
