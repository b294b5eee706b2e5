import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConnectionFacts } from '../../../model/connection.ts';
import { createTestStore, openActive, type TestStore } from '../../../test/store.ts';
import { checkStatus } from './check-status.ts';
import type { Finding } from './finding.ts';

let tested: TestStore;
beforeAll(async () => {
  tested = await createTestStore();
});
afterAll(() => tested.close());

const reason = 'The app is unpublished: publish it.';

async function check(change: Partial<ConnectionFacts>): Promise<Finding & { readonly facts: ConnectionFacts }> {
  const facts = { ...(await openActive(tested.store)), ...change };
  const subject = { platform: facts.platform, connectionId: facts.id };
  return { ...(await checkStatus(subject, { session: tested, facts })), facts };
}

test('a mode that is not live gives its reason once', async () => {
  const { evidence, cause, result } = await check({ mode: 'restricted', modeReason: reason });
  expect({ evidence, cause, result }).toEqual({
    evidence: 'active; mode restricted',
    cause: reason,
    result: 'warning',
  });
});

test('its remedy is the inbox only when that holds something', async () => {
  const { facts, remedy } = await check({ mode: 'restricted', modeReason: reason, label: 'second' });
  expect(remedy).toContain(`connector connect ${facts.platform} --label second`);
  const { id: connectionId, owner, platform } = facts;
  const task = { connectionId, owner, platform, dedupeKey: `${connectionId}/review`, title: 'Hand in the app' };
  await tested.store.tasks.open({ ...task, why: 'It is ready.', link: null, dueAt: null });
  const subject = { platform, connectionId };
  const found = await checkStatus(subject, { session: tested, facts });
  expect(found.remedy).toBe('Hand in the app. See: connector inbox');
});

test('a live connection is fine, one that lost its grant needs a person', async () => {
  expect(await check({ mode: 'live' })).toMatchObject({ result: 'fine', remedy: null });
  const lost = await check({ status: 'needs_consent', statusReason: 'invalid_grant', owner: 'ada' });
  expect(lost).toMatchObject({ result: 'wrong', needsPerson: true });
  expect(lost.remedy).toContain(`connector reconnect ${lost.facts.platform} --owner ada`);
});
