import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService } from '../service.ts';
import type { Service } from '../service.ts';
import { walkToEnd } from './walk.ts';

let service: Service;

beforeAll(async () => {
  service = await startService('skipping');
}, 120_000);

afterAll(() => service.close());

const days = 24 * 3_600_000;

test('the end of a consent is announced 14, 7, 3 and 1 days ahead, as one task, and a new consent closes it', async () => {
  const owner = 'data-access';
  const key = { owner, platform: 'facebook', label: 'main' };
  await service.orchestration.startOnboarding(key);
  const { connectionId } = await walkToEnd(service, key);
  const facts = await service.store.connections.facts(connectionId ?? '');
  const leftMs = Date.parse(facts?.consentExpiresAt ?? '') - service.clock.now().getTime();
  expect(leftMs).toBeGreaterThan(60 * days);

  await service.temporal.sleep(leftMs - 15 * days);
  expect(await service.store.tasks.list({ owner })).toHaveLength(0);
  await service.temporal.sleep(2 * days);
  const tasks = await service.store.tasks.list({ owner });
  expect(tasks).toHaveLength(1);
  expect(tasks[0]?.dueAt).toBe(facts?.consentExpiresAt);
  await service.temporal.sleep(12.5 * days);
  const reminders = service.notices.filter((notice) => notice.owner === owner && notice.type === 'task.reminder');
  expect(reminders).toHaveLength(3);
  expect(await service.store.tasks.list({ owner })).toHaveLength(1);

  const page = await service.consent(tasks[0]?.link ?? '');
  expect(page.status).toBe(200);
  await expect.poll(() => service.store.tasks.list({ owner }), { timeout: 10_000 }).toHaveLength(0);
}, 60_000);
