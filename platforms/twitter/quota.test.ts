import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unlimited } from '../../model/quota.ts';
import { platform } from './index.ts';
import { priceOf, quotasOf } from './quota.ts';
import { openTestConnection, type TestConnection } from './test-connection.ts';

const limits = (credentials: Record<string, string>): Record<string, number> =>
  Object.fromEntries(quotasOf(credentials).map(({ bucket, limit }) => [bucket, limit]));

describe('what a plan allows', () => {
  it.each([
    [{}, { posts: unlimited, spending: unlimited, reads: 3_000_000 }],
    [{ tier: 'free_legacy' }, { posts: 100, spending: unlimited }],
    [{ tier: 'free_legacy', monthly_posts: '500' }, { posts: 500 }],
    [
      { tier: 'pay_per_use', spending_limit_usd: '3' },
      { posts: 200, spending: 3_000 },
    ],
    [
      { tier: 'pay_per_use', spending_limit_usd: '3', monthly_posts: '50' },
      { posts: 50, spending: 3_000 },
    ],
    [
      { tier: 'basic', spending_limit_usd: '3' },
      { posts: unlimited, spending: unlimited },
    ],
    [
      { tier: 'no such plan', spending_limit_usd: 'much' },
      { posts: unlimited, spending: unlimited },
    ],
  ])('of %j is %j', (credentials, expected) => {
    expect(limits(credentials)).toMatchObject(expected);
  });

  it('starts anew on the billing day', () => {
    const windows = quotasOf({ billing_day: '31' }).map(({ window }) => window);
    expect(windows).toEqual(Array(3).fill({ kind: 'billing_month', billingDay: 31 }));
    expect(platform.quotas[0]?.window).toEqual({ kind: 'billing_month', billingDay: 1 });
  });

  it('counts a post in thousandths of a dollar, more with a link', () => {
    expect([priceOf('Hello'), priceOf('See https://example.org')]).toEqual([15, 200]);
  });

  it('of the legacy free kind has no deletion and no analytics', () => {
    const able = (tier: string): readonly string[] => platform.capabilities(['read-write'], { tier });
    expect(able('free_legacy')).toEqual(['post', 'read']);
    expect(able('basic')).toEqual(['post', 'read', 'delete', 'analytics']);
    expect(platform.capabilities(['read'], { tier: 'basic' })).toEqual(['read', 'analytics']);
  });
});

describe('reading a quota', () => {
  let x: TestConnection;
  beforeEach(async () => {
    x = await openTestConnection();
  });
  afterEach(() => x.close());

  it('asks X for reads, whose counts are texts, and nobody for posts', async () => {
    await x.connectSigned();
    x.set({ readsThisMonth: 420, projectCap: 1_000 });
    const before = x.calls('/2/usage/tweets');
    const read = (bucket: string): Promise<unknown> => platform.readQuota!(bucket, x.credentials, x.context());
    const window = { kind: 'billing_month', billingDay: 14 };
    expect(await read('posts')).toEqual({ limit: unlimited, window });
    expect(x.calls('/2/usage/tweets')).toBe(before);
    expect(await read('reads')).toEqual({ limit: 1_000, used: 420, window });
    expect(await read('likes')).toBeNull();
  });

  it('of reads is the published one without a bearer token', async () => {
    expect(await platform.readQuota!('reads', {}, x.context())).toMatchObject({ limit: 3_000_000 });
    expect(x.calls('/2/usage/tweets')).toBe(0);
  });
});
