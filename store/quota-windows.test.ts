import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QuotaReading, QuotaWindow } from '../model/quota.ts';
import { createTestStore, type TestStore } from '../test/store.ts';
import { createStore } from './index.ts';
import type { QuotaAnswer, QuotaCount, QuotaMoment } from './store.ts';

const day = { kind: 'calendar_day', timeZone: 'America/Los_Angeles' } as const satisfies QuotaWindow;
const minute = { kind: 'rolling', lengthMs: 60_000 } as const satisfies QuotaWindow;
const noon = new Date('2026-11-23T20:00:00Z');
const midnight = '2026-11-24T08:00:00.000Z';

let tested: TestStore;
beforeAll(async () => {
  tested = await createTestStore();
});
afterAll(() => tested.close());

/** A bucket of an app of its own. */
function newBucket(given: Partial<QuotaMoment> = {}): QuotaMoment {
  return { platform: 'youtube', app: randomUUID(), bucket: 'uploads', window: day, limit: 20, now: noon, ...given };
}

function reserve(moment: QuotaMoment, amount = 1): Promise<QuotaAnswer> {
  return tested.store.quotaWindows.reserve({ ...moment, amount });
}

async function granted(moment: QuotaMoment, amount = 1): Promise<string> {
  const answer = await reserve(moment, amount);
  if (!answer.granted) throw new Error('It was expected to be granted.');
  return answer.reservationId;
}

async function stateOf({ app, now }: QuotaMoment): Promise<QuotaCount[]> {
  return (await tested.store.quotaWindows.states({ platforms: ['youtube'], now })).filter((one) => one.app === app);
}

function observe(moment: QuotaMoment, told: QuotaReading | null): Promise<QuotaReading | null> {
  return tested.store.quotaWindows.observe(moment, () => Promise.resolve(told));
}

function later(moment: QuotaMoment, ms: number): QuotaMoment {
  return { ...moment, now: new Date(moment.now.getTime() + ms) };
}

describe.each([
  ['a day', day],
  ['a rolling window', minute],
] as const)('reservations in %s', (_name, window) => {
  it('never pass the limit, however many ask at once', async () => {
    const bucket = newBucket({ window });
    const answers = await Promise.all(Array.from({ length: 50 }, () => reserve(bucket)));
    expect(answers.filter((answer) => answer.granted)).toHaveLength(20);
    expect(await stateOf(bucket)).toMatchObject([{ used: 0, reserved: 20, limit: 20 }]);
  });

  it('of different amounts leave no more than fits', async () => {
    const bucket = newBucket({ window });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => reserve(bucket, 1 + (index % 7))));
    const [state] = await stateOf(bucket);
    expect(answers.some((answer) => !answer.granted)).toBe(true);
    expect(state?.reserved).toBeGreaterThan(13);
    expect(state?.reserved).toBeLessThanOrEqual(20);
  });

  it('that are given back can be taken again', async () => {
    const bucket = newBucket({ window, limit: 1 });
    const reservationId = await granted(bucket);
    expect((await reserve(bucket)).granted).toBe(false);
    await tested.store.quotaWindows.settle(reservationId, { used: 0 });
    expect((await reserve(bucket)).granted).toBe(true);
  });
});

describe('a reservation', () => {
  it('that would pass the limit is refused with what is left and when it starts anew', async () => {
    const bucket = newBucket();
    await granted(bucket, 18);
    expect(await reserve(bucket, 3)).toMatchObject({
      granted: false,
      count: { used: 0, reserved: 18, limit: 20, resetsAt: midnight },
    });
    expect(await reserve(newBucket(), 21)).toMatchObject({
      granted: false,
      count: { reserved: 0, resetsAt: midnight },
    });
  });

  it('counts as used once settled, by what was used, and settling twice changes nothing', async () => {
    const bucket = newBucket();
    const settle = (id: string, result?: { used: number }): Promise<QuotaCount | null> =>
      tested.store.quotaWindows.settle(id, result);
    const [whole, part, more] = [await granted(bucket, 5), await granted(bucket, 5), await granted(bucket, 2)];
    expect(await settle(whole)).toMatchObject({ used: 5, reserved: 7 });
    expect(await settle(part, { used: 3 })).toMatchObject({ used: 8, reserved: 2 });
    expect(await settle(more, { used: 15 })).toMatchObject({ used: 23, reserved: 0, limit: 20 });
    expect(await settle(whole)).toBeNull();
    expect(await settle(randomUUID())).toBeNull();
    expect(await stateOf(bucket)).toMatchObject([{ used: 23, reserved: 0 }]);
    expect((await reserve(bucket)).granted).toBe(false);
  });

  it('settled twice at once counts once', async () => {
    const bucket = newBucket();
    const reservationId = await granted(bucket, 5);
    await Promise.all([1, 2, 3].map(() => tested.store.quotaWindows.settle(reservationId)));
    expect(await stateOf(bucket)).toMatchObject([{ used: 5, reserved: 0 }]);
  });

  it('whose process died counts as used after an hour, and a late settlement still corrects it', async () => {
    const bucket = newBucket();
    const reservationId = await granted(bucket, 4);
    const afterAnHour = later(bucket, 3_600_001);
    expect(await stateOf(later(bucket, 3_600_000))).toMatchObject([{ used: 0, reserved: 4 }]);
    expect(await stateOf(afterAnHour)).toMatchObject([{ used: 4, reserved: 0 }]);
    expect((await reserve(afterAnHour, 17)).granted).toBe(false);
    await tested.store.quotaWindows.settle(reservationId, { used: 1 });
    expect(await stateOf(afterAnHour)).toMatchObject([{ used: 1, reserved: 0 }]);
  });

  it('counts for its own app, bucket and window only', async () => {
    const bucket = newBucket({ limit: 1 });
    const old = await granted(bucket);
    await granted({ ...bucket, app: randomUUID() });
    await granted({ ...bucket, bucket: 'search' });
    const tomorrow = { ...bucket, now: new Date(midnight) };
    await granted(tomorrow);
    await tested.store.quotaWindows.settle(old);
    expect(await stateOf(tomorrow)).toMatchObject([{ used: 0, reserved: 1, windowStart: midnight }]);
    expect((await reserve(tomorrow)).granted).toBe(false);
    expect((await reserve(bucket)).granted).toBe(false);
  });

  it('is judged by the newest limit that its caller knows', async () => {
    const bucket = newBucket({ limit: 1 });
    await granted(bucket);
    await granted({ ...bucket, limit: 3 }, 2);
    expect(await reserve({ ...bucket, limit: 2 })).toMatchObject({ granted: false });
  });
});

describe('a rolling window', () => {
  it('begins with its first reservation, and the next one with the first after its end', async () => {
    const bucket = newBucket({ window: minute, limit: 2 });
    await granted(bucket);
    // The clock of another machine is a little behind.
    await granted(later(bucket, -20));
    expect(await reserve(later(bucket, 59_999))).toMatchObject({ count: { resetsAt: '2026-11-23T20:01:00.000Z' } });
    const next = later(bucket, 75_000);
    await granted(next);
    expect(await stateOf(next)).toMatchObject([{ reserved: 1, windowStart: '2026-11-23T20:01:15.000Z' }]);
  });

  it('is forgotten a week after its end', async () => {
    const bucket = newBucket({ window: minute });
    await granted(bucket);
    await granted(later(bucket, 8 * 86_400_000));
    const count = 'select count(*)::int as rows from connector.quota_windows where app = $1';
    expect((await tested.admin.query(count, [bucket.app])).rows).toEqual([{ rows: 1 }]);
  });
});

describe('what the platform tells', () => {
  it('of the limit counts from then on, whatever callers believe', async () => {
    const bucket = newBucket({ limit: 100 });
    await granted(bucket);
    expect(await observe(bucket, { limit: 50 })).toEqual({ limit: 50 });
    expect(await reserve(bucket, 50)).toMatchObject({ granted: false, count: { limit: 50 } });
    await granted(bucket, 49);
    const raised = newBucket({ limit: 5 });
    await observe(raised, { limit: 50 });
    await granted(raised, 40);
  });

  it('of the use adds what other programs used, and never takes away what was counted here', async () => {
    const bucket = newBucket();
    await tested.store.quotaWindows.settle(await granted(bucket, 5));
    await observe(bucket, { used: 12 });
    expect(await stateOf(bucket)).toMatchObject([{ used: 12, limit: 20 }]);
    await observe(bucket, { used: 3 });
    expect(await stateOf(bucket)).toMatchObject([{ used: 12 }]);
    const fresh = newBucket();
    await observe(fresh, { used: 20 });
    expect((await reserve(fresh)).granted).toBe(false);
  });

  it('of the use of a rolling window may fall, because uses grow old', async () => {
    const bucket = newBucket({ window: minute });
    await tested.store.quotaWindows.settle(await granted(bucket, 15));
    await observe(bucket, { used: 4 });
    expect(await stateOf(bucket)).toMatchObject([{ used: 4 }]);
  });

  it('does not hide what was settled while it was asked', async () => {
    const bucket = newBucket();
    const [before, meanwhile] = [await granted(bucket, 5), await granted(bucket, 2)];
    await tested.store.quotaWindows.settle(before);
    await tested.store.quotaWindows.observe(bucket, async () => {
      await tested.store.quotaWindows.settle(meanwhile);
      return { used: 10 };
    });
    expect(await stateOf(bucket)).toMatchObject([{ used: 12, reserved: 0 }]);
  });

  it('to many at once counts once', async () => {
    const bucket = newBucket({ limit: 1_000 });
    await tested.store.quotaWindows.settle(await granted(bucket, 5));
    await Promise.all(Array.from({ length: 10 }, () => observe(bucket, { used: 100 })));
    expect(await stateOf(bucket)).toMatchObject([{ used: 100 }]);
    await Promise.all(Array.from({ length: 10 }, () => observe(bucket, { used: 110 })));
    expect(await stateOf(bucket)).toMatchObject([{ used: 110 }]);
  });

  it('when it tells nothing changes nothing, and opens no rolling window', async () => {
    const bucket = newBucket({ window: minute });
    expect(await observe(bucket, null)).toBeNull();
    await observe(bucket, { limit: 7, used: 0 });
    expect(await stateOf(bucket)).toEqual([]);
  });

  it('of the window decides in which one is counted', async () => {
    const bucket = newBucket();
    await observe(bucket, { used: 9, window: { kind: 'billing_month', billingDay: 14 } });
    expect(await stateOf(bucket)).toMatchObject([
      { used: 9, windowStart: '2026-11-14T00:00:00.000Z', resetsAt: '2026-12-14T00:00:00.000Z' },
    ]);
  });
});

it('a process that may only read sees the books and changes nothing', async () => {
  const bucket = newBucket();
  await granted(bucket, 4);
  const { keyRing, database } = tested;
  const reader = createStore({ connection: { databaseUrl: database.readerUrl }, keyRing });
  try {
    const afterAnHour = later(bucket, 3_600_001);
    const states = await reader.quotaWindows.states({ now: afterAnHour.now });
    expect(states.filter(({ app }) => app === bucket.app)).toMatchObject([{ used: 4, reserved: 0 }]);
    await expect(reader.quotaWindows.reserve({ ...bucket, amount: 1 })).rejects.toThrow(/permission denied/);
  } finally {
    await reader.close();
  }
});
