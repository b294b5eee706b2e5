import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openTestSession, type Answer, type TestSession, type Tokens } from './test-session.ts';

const megabyte = 1024 * 1024;
const publish = '/v2/post/publish';

let tiktok: TestSession;
let token: string;
beforeEach(async () => {
  tiktok = await openTestSession();
  token = (await tiktok.connect()).access_token;
});
afterEach(() => tiktok.close());

function refusal(status: number, code: string): object {
  return { status, body: { error: { code } } };
}

function file(size: number, chunk = size, count = 1): object {
  return { source_info: { source: 'FILE_UPLOAD', video_size: size, chunk_size: chunk, total_chunk_count: count } };
}

const draft = (accessToken = token): Promise<Answer> =>
  tiktok.post(`${publish}/inbox/video/init/`, accessToken, file(1_000));
const post = (privacy_level: string, accessToken = token): Promise<Answer> =>
  tiktok.post(`${publish}/video/init/`, accessToken, { post_info: { title: 'x', privacy_level }, ...file(1_000) });
const creator = (accessToken = token): Promise<Answer> => tiktok.post(`${publish}/creator_info/query/`, accessToken);

function inProduction(accounts: readonly object[], audited = false): void {
  tiktok.set({ review: 'approved', audited, accounts });
  tiktok.useProduction();
}

const person = (name: string, more: object = {}): object => ({ name, displayName: name, username: name, ...more });
const connect = (account: string): Promise<Tokens> => tiktok.connect({ account });

describe('user/info', () => {
  it('answers exactly the fields that were asked for', async () => {
    const answer = await tiktok.get('/v2/user/info/?fields=open_id,union_id,display_name,username', token);
    expect(answer).toMatchObject({ status: 200, body: { error: { code: 'ok', message: '' } } });
    const user = z.object({ data: z.object({ user: z.record(z.string(), z.string()) }) }).parse(answer.body).data.user;
    expect(Object.keys(user).sort()).toEqual(['display_name', 'open_id', 'union_id', 'username']);
  });

  it('refuses the username without user.info.profile', async () => {
    const { access_token } = await tiktok.connect({ scopes: ['user.info.basic'] });
    const answer = await tiktok.get('/v2/user/info/?fields=open_id,username', access_token);
    expect(answer).toMatchObject(refusal(401, 'scope_not_authorized'));
  });

  it('refuses wrong and expired tokens, and fields that nobody knows', async () => {
    expect(await tiktok.get('/v2/user/info/?fields=soul', token)).toMatchObject(refusal(400, 'invalid_params'));
    expect(await tiktok.get('/v2/user/info/', token)).toMatchObject(refusal(400, 'invalid_params'));
    const invalid = refusal(401, 'access_token_invalid');
    expect(await tiktok.get('/v2/user/info/?fields=open_id', 'act.wrong')).toMatchObject(invalid);
    tiktok.simulators.clock.advance(7_200_000);
    expect(await tiktok.get('/v2/user/info/?fields=open_id', token)).toMatchObject(invalid);
  });

  it('sees another open_id in production, and the same union_id', async () => {
    const path = '/v2/user/info/?fields=open_id,union_id';
    const sandbox = await tiktok.get(path, token);
    inProduction([person('creator')]);
    const production = await tiktok.get(path, (await tiktok.connect()).access_token);
    const user = z.object({ data: z.object({ user: z.object({ open_id: z.string(), union_id: z.string() }) }) });
    const [before, after] = [user.parse(sandbox.body).data.user, user.parse(production.body).data.user];
    expect(after.union_id).toBe(before.union_id);
    expect(after.open_id).not.toBe(before.open_id);
  });
});

describe('limits of a minute', () => {
  it.each<[string, number, () => Promise<Answer>]>([
    ['creator_info', 20, () => creator()],
    ['inits', 6, () => tiktok.post(`${publish}/video/init/`, token, {})],
    ['status', 30, () => tiktok.post(`${publish}/status/fetch/`, token, { publish_id: 'x' })],
  ])('%s: %i, then 429 until the minute is over', async (_what, limit, act) => {
    for (let call = 0; call < limit; call += 1) expect((await act()).status).not.toBe(429);
    expect(await act()).toMatchObject(refusal(429, 'rate_limit_exceeded'));
    tiktok.simulators.clock.advance(60_000);
    expect((await act()).status).not.toBe(429);
  });
});

describe('posting', () => {
  it('from a sandbox or an unaudited app is for private accounts and themselves', async () => {
    const unaudited = refusal(403, 'unaudited_client_can_only_post_to_private_accounts');
    expect(await post('SELF_ONLY')).toMatchObject(unaudited);
    inProduction([person('creator'), person('shy', { isPrivate: true })]);
    expect(await post('SELF_ONLY', (await connect('creator')).access_token)).toMatchObject(unaudited);
    const { access_token } = await connect('shy');
    expect(await post('FOLLOWER_OF_CREATOR', access_token)).toMatchObject(unaudited);
    expect((await post('SELF_ONLY', access_token)).status).toBe(200);
  });

  it('from an unaudited app is for five accounts in 24 hours', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    inProduction(names.map((name) => person(name, { isPrivate: true })));
    const answers: Answer[] = [];
    for (const name of names) answers.push(await post('SELF_ONLY', (await connect(name)).access_token));
    expect(answers.slice(0, 5).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(answers[5]).toMatchObject(refusal(403, 'reached_active_user_cap'));
    expect((await post('SELF_ONLY', (await connect('a')).access_token)).status).toBe(200);
    tiktok.simulators.clock.advance(86_400_000);
    expect((await post('SELF_ONLY', (await connect('f')).access_token)).status).toBe(200);
  });

  it('from an audited app is public, within what the account offers', async () => {
    inProduction([person('creator'), person('shy', { isPrivate: true })], true);
    expect((await post('PUBLIC_TO_EVERYONE', (await connect('creator')).access_token)).status).toBe(200);
    const answer = await post('PUBLIC_TO_EVERYONE', (await connect('shy')).access_token);
    expect(answer).toMatchObject(refusal(403, 'privacy_level_option_mismatch'));
  });

  it.each([200, 403])('tells bans and caps through creator_info with the status %i', async (capErrorStatus) => {
    tiktok.set({ capErrorStatus, accounts: [person('creator', { isBannedFromPosting: true })] });
    expect(await creator()).toMatchObject(refusal(capErrorStatus, 'spam_risk_user_banned_from_posting'));
    tiktok.set({ accounts: [person('creator')], postsPerDay: 0 });
    expect(await creator()).toMatchObject(refusal(capErrorStatus, 'spam_risk_too_many_posts'));
    tiktok.set({ postsPerDay: 1 });
    expect(await creator()).toMatchObject({ status: 200, body: { data: { creator_nickname: 'creator' } } });
  });

  it('needs video.publish, and a draft video.upload', async () => {
    const { access_token } = await tiktok.connect({ scopes: ['user.info.basic'] });
    for (const answer of [
      await post('SELF_ONLY', access_token),
      await draft(access_token),
      await creator(access_token),
    ])
      expect(answer).toMatchObject(refusal(401, 'scope_not_authorized'));
  });

  it('leaves at most five drafts in an inbox', async () => {
    for (let count = 0; count < 5; count += 1) expect((await draft()).status).toBe(200);
    expect(await draft()).toMatchObject(refusal(403, 'spam_risk_too_many_pending_share'));
    tiktok.simulators.clock.advance(60_000);
    tiktok.set({ clearDraftsOf: ['creator'] });
    expect((await draft()).status).toBe(200);
  });

  it.each([
    [file(3 * megabyte, megabyte, 3)],
    [file(65 * megabyte)],
    [file(12 * megabyte, 5 * megabyte, 3)],
    [{ source_info: { source: 'SOUL' } }],
  ])('refuses %o', async (body) => {
    const answer = await tiktok.post(`${publish}/inbox/video/init/`, token, body);
    expect(answer).toMatchObject(refusal(400, 'invalid_params'));
  });

  it('pulls from verified addresses only', async () => {
    const body = { source_info: { source: 'PULL_FROM_URL', video_url: 'https://cdn.example/film.mp4' } };
    const init = (): Promise<Answer> => tiktok.post(`${publish}/inbox/video/init/`, token, body);
    expect(await init()).toMatchObject(refusal(403, 'url_ownership_unverified'));
    tiktok.set({ verifiedUrlPrefixes: ['https://cdn.example/'] });
    expect((await init()).status).toBe(200);
  });
});

describe('an upload', () => {
  const started = z.object({ data: z.object({ publish_id: z.string(), upload_url: z.url() }) });

  it('takes chunks in order, then the draft is in the inbox', async () => {
    const size = 11 * megabyte;
    const chunk = 5 * megabyte;
    const { data } = started.parse(
      (await tiktok.post(`${publish}/inbox/video/init/`, token, file(size, chunk, 2))).body,
    );
    const put = async (first: number, length: number): Promise<number> => {
      const range = `bytes ${first}-${first + length - 1}/${size}`;
      const init = { method: 'PUT', headers: { 'content-range': range }, body: new Uint8Array(length) };
      return (await tiktok.network.fetch(data.upload_url, init)).status;
    };
    const status = async (): Promise<unknown> =>
      (await tiktok.post(`${publish}/status/fetch/`, token, { publish_id: data.publish_id })).body;
    expect(await put(chunk, chunk)).toBe(416);
    expect(await put(0, chunk)).toBe(206);
    expect(await status()).toMatchObject({ data: { status: 'PROCESSING_UPLOAD', uploaded_bytes: chunk } });
    expect(await put(chunk, size - chunk)).toBe(201);
    expect(await status()).toMatchObject({ data: { status: 'SEND_TO_USER_INBOX' } });
  });

  it('is good for an hour, and needs its ticket', async () => {
    const { data } = started.parse((await draft()).body);
    tiktok.simulators.clock.advance(3_600_001);
    const put = async (url: string): Promise<number> =>
      (await tiktok.network.fetch(url, { method: 'PUT', body: 'x' })).status;
    expect(await put(data.upload_url)).toBe(403);
    expect(await put(data.upload_url.replace(/upload_token=.*/, ''))).toBe(404);
  });
});
