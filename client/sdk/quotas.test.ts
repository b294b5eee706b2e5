import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { QuotaBucket, QuotaReading } from '../../model/quota.ts';
import type { Clock } from '../../platforms/network.ts';
import { createNetwork } from '../../platforms/network.ts';
import type { Platform } from '../../platforms/platform.ts';
import { openConnection, storedSecrets, testSettings } from '../../test/clients.ts';
import { createCountingPlatform } from '../../test/counting-platform.ts';
import { createTestStore, type TestStore } from '../../test/store.ts';
import { connect, NotConnectedError, QuotaExceededError, UnknownBucketError } from './index.ts';
import type { Connector, QuotaReservation } from './index.ts';

const day = { kind: 'calendar_day', timeZone: 'America/Los_Angeles' } as const;
const midnight = '2026-11-24T08:00:00.000Z';
const uploads: QuotaBucket = { bucket: 'uploads', unit: 'uploads', countedBy: 'client_id', window: day, limit: 20 };
const posts: QuotaBucket = { bucket: 'posts', unit: 'posts', countedBy: 'access_token', window: day, limit: 5 };
const nobodys: QuotaBucket = { bucket: 'nobodys', unit: 'x', countedBy: 'page_id', window: day, limit: 5 };

let database: TestStore;
let now: Date;
let told: () => Promise<QuotaReading | null>;
let asked: number;
const clock: Clock = { now: () => now };
const network = createNetwork();
const open: Connector[] = [];

beforeAll(async () => {
  database = await createTestStore();
});
afterAll(async () => {
  await network.close();
  await database.close();
});
beforeEach(async () => {
  now = new Date('2026-11-23T20:00:00Z');
  told = () => Promise.resolve(null);
  asked = 0;
  await database.admin.query('delete from connector.platform_connections');
  await database.admin.query('delete from connector.quota_windows');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((connector) => connector.close()));
});

const counting: Platform = {
  ...createCountingPlatform().platform,
  quotas: [uploads, posts, nobodys],
  readQuota: (bucket) => {
    if (bucket !== 'uploads') return Promise.resolve(null);
    asked += 1;
    return told();
  },
};

async function connected(settings = testSettings): Promise<Connector> {
  const platforms = [counting];
  const parts = { settings, store: database.store, platforms, network, orchestration: null, clock };
  const connector = await connect(parts);
  open.push(connector);
  return connector;
}

async function refusalOf(reserving: Promise<QuotaReservation>): Promise<QuotaExceededError> {
  const error: unknown = await reserving.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof QuotaExceededError)) throw new Error('It was expected to be refused.', { cause: error });
  return error;
}

describe('a reservation', () => {
  it('is had by exactly as many callers as the limit allows, in however many processes', async () => {
    await openConnection(database.store, counting);
    const [one, two] = [await connected(), await connected()];
    const reserving = Array.from({ length: 50 }, (_, index) =>
      (index % 2 ? one : two).reserveQuota('counting', 'uploads', 1),
    );
    const settled = await Promise.allSettled(reserving);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    for (const result of settled) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(QuotaExceededError);
    }
  });

  it('that is refused says what is left, when it starts anew, and what to do', async () => {
    await openConnection(database.store, counting);
    const connector = await connected();
    const reservation = await connector.reserveQuota('COUNT', 'uploads', 18);
    expect(reservation).toMatchObject({ platform: 'counting', remaining: 2, resetsAt: midnight });
    const refusal = await refusalOf(connector.reserveQuota('counting', 'uploads', 3));
    expect(refusal).toMatchObject({ bucket: 'uploads', remaining: 2, limit: 20, resetsAt: midnight });
    expect(refusal.remedy).toBe(`Reserve 2 at most, or wait until ${midnight}.`);
    expect(refusal.message).toContain('3 uploads were asked for, but 2 of 20 are left');
    await connector.reserveQuota('counting', 'uploads', 2);
    const empty = await refusalOf(connector.reserveQuota('counting', 'uploads', 1));
    expect(empty.remedy).toBe(`Wait until ${midnight}.`);
    const never = await refusalOf(connector.reserveQuota('counting', 'uploads', 21));
    expect(never.remedy).toContain('No window allows that much');
  });

  it('is settled by what was used, given back by a release, and starts anew with the window', async () => {
    await openConnection(database.store, counting);
    const connector = await connected();
    const [first, second] = [
      await connector.reserveQuota('counting', 'uploads', 12),
      await connector.reserveQuota('counting', 'uploads', 8),
    ];
    await second.release();
    await first.settle(15);
    await first.settle();
    expect(await connector.quotas('counting')).toMatchObject([{ used: 15, reserved: 0, remaining: 5 }, {}]);
    now = new Date(midnight);
    expect(await connector.quotas('counting')).toMatchObject([{ used: 0, remaining: 20, windowStart: midnight }, {}]);
    await connector.reserveQuota('counting', 'uploads', 20);
  });

  it('of an app is shared by its accounts, that of an account is its own and shows no secret', async () => {
    const [{ accountId }] = [await openConnection(database.store, counting, { owner: 'ann' })];
    await openConnection(database.store, counting, { owner: 'bob' });
    const connector = await connected();
    await connector.reserveQuota('counting', 'uploads', 20, { owner: 'ann', account: accountId! });
    await refusalOf(connector.reserveQuota('counting', 'uploads', 1, { owner: 'bob' }));
    await connector.reserveQuota('counting', 'posts', 1, { owner: 'bob' });
    const states = await connector.quotas();
    expect(states).toMatchObject([
      { bucket: 'uploads', app: 'client-1', countedFor: 'app', accounts: ['Ada', 'Ada'], reserved: 20, remaining: 0 },
      { bucket: 'posts', countedFor: 'account', reserved: 1, remaining: 4, unit: 'posts', resetsAt: midnight },
    ]);
    const { rows } = await database.admin.query('select * from connector.quota_windows');
    expect(JSON.stringify([states, rows])).not.toContain(storedSecrets.access_token);
  });

  it('of nothing that is connected or counted is refused by name', async () => {
    const connector = await connected();
    await expect(connector.reserveQuota('counting', 'uploads', 1)).rejects.toThrow(NotConnectedError);
    await expect(connector.reserveQuota('myspace', 'uploads', 1)).rejects.toThrow(NotConnectedError);
    await openConnection(database.store, counting);
    await expect(connector.reserveQuota('counting', 'likes', 1)).rejects.toThrow(/Known: uploads, posts/);
    await expect(connector.reserveQuota('counting', 'nobodys', 1)).rejects.toThrow(UnknownBucketError);
    for (const amount of [0, -1, 0.5, Number.NaN]) {
      await expect(connector.reserveQuota('counting', 'uploads', amount)).rejects.toThrow(RangeError);
    }
  });

  it('needs a role that may write, and says so', async () => {
    await openConnection(database.store, counting);
    const databaseUrls = { worker: null, reader: 'postgres://unused', migrator: null };
    const connector = await connected({ ...testSettings, databaseUrls });
    await expect(connector.reserveQuota('counting', 'uploads', 1)).rejects.toThrow(/DATABASE_URL_WORKER/);
    told = () => Promise.resolve({ limit: 7 });
    expect(await connector.quotas()).toMatchObject([{ limit: 7, remaining: 7 }, {}]);
  });
});

describe('what the platform tells', () => {
  it('counts instead of what is declared, and is asked once for many calls', async () => {
    await openConnection(database.store, counting);
    told = () => Promise.resolve({ limit: 3, used: 1 });
    const connector = await connected();
    await Promise.all([1, 2].map(() => connector.reserveQuota('counting', 'uploads', 1)));
    expect(await refusalOf(connector.reserveQuota('counting', 'uploads', 1))).toMatchObject({ limit: 3, remaining: 0 });
    expect(await connector.quotas('counting')).toMatchObject([{ limit: 3, used: 1, reserved: 2, remaining: 0 }, {}]);
    expect(asked).toBe(1);
  });

  it('of the billing day decides when the quota starts anew', async () => {
    await openConnection(database.store, counting);
    told = () => Promise.resolve({ window: { kind: 'billing_month', billingDay: 31 } });
    const connector = await connected();
    const { resetsAt } = await connector.reserveQuota('counting', 'uploads', 1);
    expect(resetsAt).toBe('2026-11-30T00:00:00.000Z');
    expect(await connector.quotas()).toMatchObject([{ reserved: 1, windowStart: '2026-10-31T00:00:00.000Z' }, {}]);
  });

  it('is done without while it does not answer', async () => {
    await openConnection(database.store, counting);
    told = () => Promise.reject(new Error('away'));
    const connector = await connected();
    expect(await connector.reserveQuota('counting', 'uploads', 1)).toMatchObject({ remaining: 19 });
  });
});
