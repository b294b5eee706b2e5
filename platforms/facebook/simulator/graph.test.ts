import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openTestSession, pagesOf, type TestSession } from './test-session.ts';

let meta: TestSession;
let user: string;
let page: { id: string; token: string };
beforeEach(async () => {
  meta = await openTestSession();
  user = await meta.longToken();
  page = await meta.pageToken(user);
});
afterEach(() => meta.close());

function fault(code: number, subcode?: number): object {
  return { status: 400, body: { error: { code, ...(subcode !== undefined && { error_subcode: subcode }) } } };
}

const created = z.object({ id: z.string() });

describe('appsecret_proof', () => {
  const proofOf = (token: string): string => createHmac('sha256', meta.app.client_secret).update(token).digest('hex');

  it('is optional, but a wrong one is always refused', async () => {
    expect((await meta.graph(`/v25.0/me?appsecret_proof=${proofOf(user)}`, user)).status).toBe(200);
    expect(await meta.graph(`/v25.0/me?appsecret_proof=${proofOf(page.token)}`, user)).toMatchObject(fault(100));
  });

  it('is demanded once the app requires it', async () => {
    meta.set({ requireAppSecret: true });
    expect(await meta.graph('/v25.0/me', user)).toMatchObject(fault(100));
    expect((await meta.graph(`/v25.0/me?appsecret_proof=${proofOf(user)}`, user)).status).toBe(200);
  });
});

describe('a list', () => {
  it('of more than 100 Pages comes in pages with opaque cursors', async () => {
    meta.set({ pageCount: 205 });
    user = await meta.longToken();
    const ids: string[] = [];
    let after = '';
    for (let pages = 0; pages < 3; pages += 1) {
      const { data, paging } = pagesOf(
        await meta.graph(`/v25.0/me/accounts?limit=500&after=${after}`.replace(/&after=$/, ''), user),
      );
      ids.push(...data.map(({ id }) => id));
      after = paging?.cursors.after ?? '';
      expect(after).not.toMatch(/^\d+$/);
      expect(paging?.next !== undefined).toBe(pages < 2);
      if (pages < 2) expect(new URL(paging?.next ?? '').searchParams.get('access_token')).toBe(user);
    }
    expect(new Set(ids).size).toBe(205);
    expect(await meta.graph('/v25.0/me/accounts?after=100', user)).toMatchObject(fault(100));
  });

  it('without Pages is empty and has no paging', async () => {
    meta.set({ pageCount: 0 });
    expect((await meta.graph('/v25.0/me/accounts', await meta.longToken())).body).toEqual({ data: [] });
  });
});

describe('usage', () => {
  it('is told from one per cent on, rises to 100, and then calls are refused until the hour is over', async () => {
    expect((await meta.graph('/v25.0/me', user)).headers.has('x-app-usage')).toBe(false);
    meta.set({ appCallsUsed: 19_998 });
    expect((await meta.graph('/v25.0/me', user)).headers.get('x-app-usage')).toContain('"call_count":99');
    expect((await meta.graph('/v25.0/me', user)).headers.get('x-app-usage')).toContain('"call_count":100');
    const refused = await meta.graph('/v25.0/me', user);
    expect(refused).toMatchObject(fault(4));
    expect(refused.headers.get('x-app-usage')).toContain('"call_count":100');
    meta.advanceSeconds(3_600);
    expect((await meta.graph('/v25.0/me', user)).status).toBe(200);
  });

  it('of a Page token is counted by Page, with the minutes until there is room', async () => {
    meta.set({ pageCallsUsed: 4_800 });
    const refused = await meta.graph('/v25.0/me', page.token);
    expect(refused).toMatchObject(fault(32));
    expect(refused.headers.get('x-business-use-case-usage')).toContain('"estimated_time_to_regain_access":60');
    expect((await meta.graph('/v25.0/me', user)).status).toBe(200);
  });
});

describe('versions', () => {
  it.each([
    ['/v25.0/me', 'v25.0'],
    ['/v26.0/me', 'v26.0'],
    ['/v20.0/me', 'v21.0'],
    ['/v2.12/me', 'v21.0'],
    ['/me', 'v21.0'],
  ])('%s is served as %s', async (path, version) => {
    const answer = await meta.graph(path, user);
    expect([answer.status, answer.headers.get('facebook-api-version')]).toEqual([200, version]);
  });

  it('that nobody released are refused, and later ones end', async () => {
    expect(await meta.graph('/v99.0/me', user)).toMatchObject(fault(2500));
    meta.simulators.clock.advance(Date.parse('2028-07-29T00:00:00Z') - Date.parse('2026-11-23T12:00:00Z'));
    expect((await meta.graph('/v25.0/me', await meta.longToken())).headers.get('facebook-api-version')).toBe('v26.0');
  });
});

describe('a post', () => {
  it('is made by the Page, not by the person, and once', async () => {
    const form = { message: 'Hello' };
    const posted = await meta.graph(`/v25.0/${page.id}/feed`, page.token, { method: 'POST', form });
    const { id } = created.parse(posted.body);
    expect(id).toMatch(new RegExp(`^${page.id}_\\d+$`));
    expect(await meta.graph(`/v25.0/${page.id}/feed`, page.token, { method: 'POST', form })).toMatchObject(fault(506));
    expect(await meta.graph(`/v25.0/${page.id}/feed`, user, { method: 'POST', form })).toMatchObject(fault(200));
    expect((await meta.graph(`/v25.0/${id}`, page.token, { method: 'DELETE' })).body).toEqual({ success: true });
    expect(await meta.graph(`/v25.0/${id}`, page.token)).toMatchObject(fault(100, 33));
  });

  it('needs the permission', async () => {
    await meta.graph('/v25.0/me/permissions/pages_manage_posts', user, { method: 'DELETE' });
    const form = { message: 'Hello' };
    expect(await meta.graph(`/v25.0/${page.id}/feed`, page.token, { method: 'POST', form })).toMatchObject(fault(200));
  });

  it('with a photo has two ids', async () => {
    const form = { url: 'https://images.example/a.jpg' };
    const { body } = await meta.graph(`/v25.0/${page.id}/photos`, page.token, { method: 'POST', form });
    expect(body).toMatchObject({ id: expect.any(String) as unknown, post_id: expect.any(String) as unknown });
  });
});

describe('objects and fields', () => {
  it('that do not exist are refused', async () => {
    expect(await meta.graph('/v25.0/4711', user)).toMatchObject(fault(100, 33));
    expect(await meta.graph('/v25.0/no/such/edge', user)).toMatchObject(fault(100, 33));
    expect(await meta.graph('/v25.0/me?fields=id,soul', user)).toMatchObject(fault(100));
  });

  it('of a Page without Instagram lack the key', async () => {
    const path = `/v25.0/${page.id}?fields=instagram_business_account{id,username}`;
    expect((await meta.graph(path, page.token)).body).toHaveProperty('instagram_business_account.username');
    meta.set({ instagram: null });
    expect((await meta.graph(path, page.token)).body).toEqual({ id: page.id });
  });
});
