import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestSession, tokensOf, type TestSession } from './test-session.ts';

let x: TestSession;
beforeEach(async () => {
  x = await openTestSession();
});
afterEach(() => x.close());

const problems = 'https://api.twitter.com/2/problems';
const daySeconds = 86_400;

describe('posts', () => {
  it('are created with 201 and deleted', async () => {
    const client = x.signed();
    const { data } = await client.v2.tweet('Hello');
    expect(data).toMatchObject({ text: 'Hello', edit_history_tweet_ids: [data.id] });
    expect(data.id).toMatch(/^\d{19}$/);
    expect(await client.v2.deleteTweet(data.id)).toEqual({ data: { deleted: true } });
    await expect(client.v2.deleteTweet(data.id)).rejects.toMatchObject({ code: 403 });
  });

  it('say 201, with rate limits and the level', async () => {
    const answer = await x.signed().post('https://api.x.com/2/tweets', { text: 'Hello' }, { fullResponse: true });
    expect(answer.headers).toMatchObject({
      'x-access-level': 'read-write',
      'x-rate-limit-limit': '100',
      'x-rate-limit-remaining': '99',
      'x-app-limit-24hour-limit': '10000',
    });
    expect(x.simulators.requests.list({ path: '/2/tweets' })[0]?.status).toBe(201);
  });

  it('with the same text are refused, for a day', async () => {
    await x.signed().v2.tweet('Hello');
    const detail = 'You are not allowed to create a Tweet with duplicate content.';
    await expect(x.signed().v2.tweet('Hello')).rejects.toMatchObject({ code: 403, data: { detail } });
    x.advanceSeconds(daySeconds);
    await expect(x.signed().v2.tweet('Hello')).resolves.toBeDefined();
  });

  it('need their scopes', async () => {
    const { access_token } = await x.connect({ scope: 'tweet.read users.read' });
    await expect(x.bearing(access_token).v2.tweet('Hello')).rejects.toMatchObject({ code: 403 });
    await expect(x.bearing(access_token).v2.me()).resolves.toBeDefined();
  });

  it('need a text or a picture that was uploaded', async () => {
    await expect(x.signed().v2.tweet('')).rejects.toMatchObject({ code: 400 });
    const media: { media_ids: [string] } = { media_ids: ['1'] };
    await expect(x.signed().v2.tweet('Look', { media })).rejects.toMatchObject({ code: 400 });
  });

  it('take a picture that the library uploaded in parts', async () => {
    const client = x.signed();
    const id = await client.v2.uploadMedia(Buffer.alloc(2_500, 1), { media_type: 'image/png' }, 1_000);
    await expect(client.v2.tweet('Look', { media: { media_ids: [id] } })).resolves.toBeDefined();
  });
});

describe('money', () => {
  it('is needed for every call, and its lack is no failure of the token', async () => {
    x.set({ creditsUsd: 0 });
    const { access_token } = await x.connect();
    for (const client of [x.signed(), x.bearing(access_token)]) {
      const error: unknown = await client.v2.me().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 402, data: { title: 'CreditsDepleted', type: `${problems}/credits` } });
      expect(Buffer.byteLength(JSON.stringify(error instanceof Error && 'data' in error ? error.data : null))).toBe(
        185,
      );
    }
    x.set({ creditsUsd: 1 });
    await expect(x.signed().v2.me()).resolves.toBeDefined();
  });

  it('is spent: a post, one with a link, a deletion, one user read a day; the balance may end below zero', async () => {
    const balance = (): unknown => x.simulators.platforms.get('twitter')?.accounts();
    x.set({ creditsUsd: 1 });
    await x.signed().v2.me();
    await x.signed().v2.me();
    expect(balance()).toMatchObject({ creditsUsd: 0.99 });
    const { data } = await x.signed().v2.tweet('Hello');
    await x.signed().v2.deleteTweet(data.id);
    expect(balance()).toMatchObject({ creditsUsd: 0.965 });
    x.set({ creditsUsd: 0.1 });
    await x.signed().v2.tweet('See https://example.org');
    expect(balance()).toMatchObject({ creditsUsd: -0.1 });
    await expect(x.signed().v2.tweet('Again')).rejects.toMatchObject({ code: 402 });
  });

  it('is not asked of a legacy plan', async () => {
    x.set({ creditsUsd: 0, tier: 'basic' });
    await expect(x.signed().v2.tweet('Hello')).resolves.toBeDefined();
  });
});

describe('a plan', () => {
  it('is needed at all', async () => {
    x.set({ enrolled: false });
    const data = { reason: 'client-not-enrolled', type: `${problems}/client-forbidden` };
    await expect(x.signed().v2.me()).rejects.toMatchObject({ code: 403, data });
  });

  it('of the legacy free kind does not delete', async () => {
    x.set({ tier: 'free_legacy' });
    const { data } = await x.signed().v2.tweet('Hello');
    await expect(x.signed().v2.deleteTweet(data.id)).rejects.toMatchObject({ data: { errors: [{ code: 453 }] } });
  });

  it('has a cap of posts that starts anew on the billing day', async () => {
    x.set({ tier: 'free_legacy', monthlyPosts: 100, postsThisMonth: 100, billingDay: 25 });
    const data = { title: 'UsageCapExceeded', type: `${problems}/usage-capped` };
    await expect(x.signed().v2.tweet('One more')).rejects.toMatchObject({ code: 429, data });
    x.advanceSeconds(1.5 * daySeconds);
    await expect(x.signed().v2.tweet('One more')).resolves.toBeDefined();
  });
});

describe('a rate limit', () => {
  it('of 75 user reads ends with its 15 minutes, as its headers say', async () => {
    for (let call = 0; call < 75; call += 1) await x.signed().v2.me();
    const error = await x
      .signed()
      .v2.me()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 429,
      data: { title: 'Too Many Requests' },
      rateLimit: { limit: 75, remaining: 0 },
    });
    const reset = Date.parse('2026-11-23T12:15:00Z') / 1_000;
    expect(error).toMatchObject({ rateLimit: { reset } });
    x.advanceSeconds(900);
    await expect(x.signed().v2.me()).resolves.toBeDefined();
  });

  it('counts for each account by itself, and the app’s for all together', async () => {
    const accounts = [
      { name: 'creator', id: '1' },
      { name: 'other', id: '2' },
    ];
    x.set({ accounts, limits: { me: 1 } });
    await x.signed().v2.me();
    await expect(x.signed().v2.me()).rejects.toMatchObject({ code: 429 });
    const code = (await x.visit(x.authorizePage(), { account: 'other' })).url.searchParams.get('code') ?? '';
    const answer = await x.exchange(code);
    const { access_token } = tokensOf(answer);
    await expect(x.bearing(access_token).v2.me()).resolves.toBeDefined();
  });
});

describe('usage', () => {
  it('is told to the app alone, its counts as texts', async () => {
    x.set({ readsThisMonth: 420 });
    const answer = await x.bearing(x.console()['bearer_token'] ?? '').v2.get<unknown>('usage/tweets', { days: 7 });
    expect(answer).toMatchObject({
      data: {
        project_cap: '3000000',
        project_usage: '420',
        cap_reset_day: 14,
        daily_client_app_usage: [{ usage_result_count: 1, usage: [{ usage: '420' }] }],
      },
    });
  });
});

describe('whoever is not served', () => {
  it('a suspended account', async () => {
    x.set({ accounts: [{ name: 'creator', id: '1', suspended: true }] });
    await expect(x.signed().v2.me()).rejects.toMatchObject({ code: 403, data: { type: `${problems}/user-suspended` } });
  });

  it('the upload host of the older API', async () => {
    const response = await x.network.fetch('https://upload.x.com/1.1/media/upload.json', { method: 'POST' });
    expect(response.status).toBe(599);
  });

  it('nobody at all', async () => {
    const body = { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' };
    expect(await x.send('/2/users/me')).toMatchObject({ status: 401, body });
  });
});
