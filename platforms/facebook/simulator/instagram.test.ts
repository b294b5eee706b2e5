import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openTestSession, type Answer, type TestSession } from './test-session.ts';

const account = z.object({ instagram_business_account: z.object({ id: z.string() }) });
const created = z.object({ id: z.string() });

let meta: TestSession;
let token: string;
let instagramId: string;
beforeEach(async () => {
  meta = await openTestSession();
  const page = await meta.pageToken(await meta.longToken());
  token = page.token;
  const { body } = await meta.graph(`/v25.0/${page.id}?fields=instagram_business_account`, token);
  instagramId = account.parse(body).instagram_business_account.id;
});
afterEach(() => meta.close());

function fault(code: number, subcode?: number): object {
  return { status: 400, body: { error: { code, ...(subcode !== undefined && { error_subcode: subcode }) } } };
}

function create(form: Record<string, string> = { image_url: 'https://images.example/a.jpg' }): Promise<Answer> {
  return meta.graph(`/v25.0/${instagramId}/media`, token, { method: 'POST', form });
}

function publish(creationId: string): Promise<Answer> {
  const form = { creation_id: creationId };
  return meta.graph(`/v25.0/${instagramId}/media_publish`, token, { method: 'POST', form });
}

async function stateOf(id: string): Promise<unknown> {
  return (await meta.graph(`/v25.0/${id}?fields=status_code`, token)).body;
}

async function usage(): Promise<unknown> {
  return (await meta.graph(`/v25.0/${instagramId}/content_publishing_limit?fields=quota_usage,config`, token)).body;
}

describe('a container', () => {
  it('takes its time, is published once, and counts then', async () => {
    const { id } = created.parse((await create()).body);
    expect(await stateOf(id)).toEqual({ id, status_code: 'IN_PROGRESS' });
    expect(await publish(id)).toMatchObject(fault(9007, 2207027));
    meta.advanceSeconds(1);
    expect(await stateOf(id)).toEqual({ id, status_code: 'FINISHED' });
    expect(await usage()).toEqual({ data: [{ quota_usage: 0, config: { quota_total: 50, quota_duration: 86_400 } }] });
    const media = created.parse((await publish(id)).body);
    expect(await stateOf(id)).toEqual({ id, status_code: 'PUBLISHED' });
    expect(await usage()).toMatchObject({ data: [{ quota_usage: 1 }] });
    expect((await meta.graph(`/v25.0/${media.id}?fields=permalink`, token)).body).toHaveProperty('permalink');
    expect((await publish(id)).status).toBe(400);
  });

  it('expires after 24 hours', async () => {
    const { id } = created.parse((await create()).body);
    meta.advanceSeconds(86_400);
    expect(await stateOf(id)).toEqual({ id, status_code: 'EXPIRED' });
    expect(await publish(id)).toMatchObject(fault(24, 2207020));
  });

  it.each<[string, Record<string, string>, number, number | undefined]>([
    ['no address', {}, 100, undefined],
    ['an address of this machine', { image_url: 'http://localhost/a.jpg' }, 9004, 2207052],
    ['a private address', { image_url: 'http://192.168.0.1/a.jpg' }, 9004, 2207052],
    ['a long caption', { image_url: 'https://i.example/a.jpg', caption: 'x'.repeat(2_201) }, 36004, 2207010],
  ])('is refused with %s', async (_what, form, code, subcode) => {
    expect(await create(form)).toMatchObject(fault(code, subcode));
  });
});

describe('the publishing limit', () => {
  it('is enforced at publishing only, and rolls over 24 hours', async () => {
    meta.set({ instagramPostsPerDay: 3, instagramPostsUsed: 3, containerSeconds: 0 });
    const { id } = created.parse((await create()).body);
    expect(await publish(id)).toMatchObject(fault(9, 2207042));
    expect(await usage()).toMatchObject({ data: [{ quota_usage: 3, config: { quota_total: 3 } }] });
    meta.advanceSeconds(86_400);
    const later = created.parse((await create()).body);
    expect((await publish(later.id)).status).toBe(200);
  });
});

it('an account that is not linked cannot be used', async () => {
  meta.set({ instagram: null });
  expect(await create()).toMatchObject(fault(100, 33));
});
