import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestSession, readScope, uploadScope, type Answer, type TestSession } from './test-session.ts';

const ownChannel = '/youtube/v3/channels?part=id&part=snippet&mine=true';
const resumable = '/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status';
const metadata = JSON.stringify({ snippet: { title: 'A film' }, status: { privacyStatus: 'private' } });
const chunk = 256 * 1024;

let google: TestSession;
let token: string;

beforeEach(async () => {
  google = await openTestSession();
  token = (await google.connect()).access_token;
});

afterEach(async () => {
  await google.close();
});

function reason(code: number, name: string): object {
  return { status: code, body: { error: { code, errors: [{ reason: name }] } } };
}

describe('channels.list', () => {
  it('shows the own channel with repeated parts or joined ones', async () => {
    const repeated = await google.api(ownChannel, token);
    expect(repeated.body).toMatchObject({
      kind: 'youtube#channelListResponse',
      pageInfo: { totalResults: 1, resultsPerPage: 5 },
      items: [{ kind: 'youtube#channel', snippet: { title: 'Creator Channel' } }],
    });
    const joined = await google.api('/youtube/v3/channels?part=id,snippet&mine=true', token);
    expect(joined.body).toEqual(repeated.body);
    expect((await google.api(`https://www.googleapis.com${ownChannel}`, token)).body).toEqual(repeated.body);
  });

  it('has no items when there is no channel', async () => {
    google.set({ channel: null });
    const { body } = await google.api(ownChannel, token);
    expect(body).toMatchObject({ pageInfo: { totalResults: 0 } });
    expect(body).not.toHaveProperty('items');
  });

  it('is refused to a token that may only upload', async () => {
    const { access_token } = await google.connect({ scope: uploadScope, prompt: 'consent' });
    const answer = await google.api(ownChannel, access_token);
    expect(answer).toMatchObject(reason(403, 'insufficientPermissions'));
    expect(answer.body).toMatchObject({ error: { details: [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }] } });
  });

  it('is refused with a token that is wrong or expired', async () => {
    expect(await google.api(ownChannel, 'ya29.wrong')).toMatchObject(reason(401, 'authError'));
    google.advanceSeconds(3_599);
    const answer = await google.api(ownChannel, token);
    expect(answer.body).toMatchObject({ error: { status: 'UNAUTHENTICATED', errors: [{ domain: 'global' }] } });
  });

  it('is refused while the API is not enabled, with where to enable it', async () => {
    google.set({ apiEnabled: false });
    const answer = await google.api(ownChannel, token);
    expect(answer).toMatchObject(reason(403, 'accessNotConfigured'));
    expect(answer.body).toMatchObject({ error: { details: [{ reason: 'SERVICE_DISABLED' }] } });
  });

  it.each([
    ['/youtube/v3/channels?mine=true', 'missingRequiredParameter'],
    ['/youtube/v3/channels?part=id', 'missingRequiredParameter'],
    ['/youtube/v3/channels?part=soul&mine=true', 'unknownPart'],
  ])('%s is refused with %s', async (path, name) => {
    expect(await google.api(path, token)).toMatchObject(reason(400, name));
  });
});

describe('the quota', () => {
  it('of 10,000 units is refused with 403 once it is spent, and is there again at midnight Pacific', async () => {
    google.set({ unitsUsedToday: 9_999 });
    expect((await google.api(ownChannel, token)).status).toBe(200);
    const answer = await google.api(ownChannel, token);
    expect(answer).toMatchObject(reason(403, 'quotaExceeded'));
    expect(answer.body).toMatchObject({ error: { errors: [{ domain: 'youtube.quota' }] } });
    google.set({ tokenLifetimeSeconds: 999_999 });
    const { access_token } = await google.connect();
    // Noon UTC is 04:00 in California: 20 hours to go.
    google.advanceSeconds(20 * 3_600 - 1);
    expect((await google.api(ownChannel, access_token)).status).toBe(403);
    google.advanceSeconds(1);
    expect((await google.api(ownChannel, access_token)).status).toBe(200);
  });

  it('of 100 uploads is a bucket of its own and is refused with 429', async () => {
    google.set({ uploadsUsedToday: 99, unitsUsedToday: 10_000 });
    expect((await google.api(resumable, token, { method: 'POST', body: metadata })).status).toBe(200);
    const answer = await google.api(resumable, token, { method: 'POST', body: metadata });
    expect(answer).toMatchObject(reason(429, 'rateLimitExceeded'));
    expect(JSON.stringify(answer.body)).toContain("'Video Uploads per day'");
  });
});

describe('a resumable upload', () => {
  async function begin(total = 2 * chunk + 5): Promise<string> {
    const headers = { 'x-upload-content-type': 'video/mp4', 'x-upload-content-length': String(total) };
    const answer = await google.api(resumable, token, { method: 'POST', body: metadata, headers });
    expect([answer.status, answer.body]).toEqual([200, '']);
    return answer.headers.get('location') ?? '';
  }

  function put(location: string, range: string, bytes = 0): Promise<Answer> {
    const headers = { 'content-range': `bytes ${range}` };
    return google.api(location, token, { method: 'PUT', body: new Uint8Array(bytes), headers });
  }

  it('answers 308 until the last byte and then with the video', async () => {
    const location = await begin();
    const total = 2 * chunk + 5;
    const first = await put(location, `0-${2 * chunk - 1}/${total}`, 2 * chunk);
    expect([first.status, first.headers.get('range')]).toEqual([308, `bytes=0-${2 * chunk - 1}`]);
    const last = await put(location, `${2 * chunk}-${total - 1}/${total}`, 5);
    expect(last).toMatchObject({ status: 200, body: { kind: 'youtube#video', status: { privacyStatus: 'private' } } });
    expect(await put(location, `*/${total}`)).toMatchObject({ status: 200, body: last.body });
  });

  it('creates no video before the last byte', async () => {
    const location = await begin();
    expect((await put(location, '*/*')).headers.has('range')).toBe(false);
    const { body } = await google.api('/youtube/v3/videos?part=id&id=any', token);
    expect(body).toMatchObject({ items: [] });
  });

  it('tells from where to go on when a piece does not fit', async () => {
    const location = await begin();
    const total = 2 * chunk + 5;
    await put(location, `0-${chunk - 1}/${total}`, chunk);
    const again = await put(location, `0-${chunk - 1}/${total}`, chunk);
    expect([again.status, again.headers.get('range')]).toEqual([308, `bytes=0-${chunk - 1}`]);
  });

  it.each([
    ['0-99/524293', 100, 'a multiple of 256 KiB'],
    ['0-262143/524293', 100, 'length of the body'],
    ['0-262143/999999', chunk, 'total length'],
    ['all of it', 0, 'Content-Range'],
  ])('refuses the piece %s of %i bytes', async (range, bytes, message) => {
    const answer = await put(await begin(), range, bytes);
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringContaining(message)]);
  });

  it('is gone when its address is unknown or a week old', async () => {
    const location = await begin();
    expect((await put(location.replace(/upload_id=./, 'upload_id=-'), '*/*')).status).toBe(404);
    google.advanceSeconds(7 * 86_400 + 1);
    expect((await put(location, '*/*')).status).toBe(404);
  });

  it.each([
    ['{"snippet":{}}', 'invalidTitle'],
    [`{"snippet":{"title":"${'x'.repeat(101)}"}}`, 'invalidTitle'],
    ['{"snippet":{"title":"x","categoryId":"fun"}}', 'invalidCategoryId'],
    [`{"snippet":{"title":"x","description":"${'ä'.repeat(2_501)}"}}`, 'invalidDescription'],
    [
      '{"snippet":{"title":"x"},"status":{"privacyStatus":"public","publishAt":"2027-01-01T00:00:00Z"}}',
      'invalidPublishAt',
    ],
    ['{"snippet', 'parseError'],
  ])('is refused for %s', async (body, name) => {
    expect(await google.api(resumable, token, { method: 'POST', body })).toMatchObject(reason(400, name));
  });

  it('without a privacy status is public', async () => {
    const answer = await google.api(resumable, token, { method: 'POST', body: '{"snippet":{"title":"x"}}' });
    const done = await put(answer.headers.get('location') ?? '', '0-0/1', 1);
    expect(done.body).toMatchObject({ status: { privacyStatus: 'public' } });
  });

  it('is refused without a channel, beyond the channel’s own limit, and without the scope', async () => {
    const init = { method: 'POST', body: metadata };
    google.set({ uploadLimitReached: true });
    expect(await google.api(resumable, token, init)).toMatchObject(reason(400, 'uploadLimitExceeded'));
    google.set({ channel: null });
    expect(await google.api(resumable, token, init)).toMatchObject(reason(401, 'youtubeSignupRequired'));
    const { access_token } = await google.connect({ scope: readScope, prompt: 'consent' });
    expect(await google.api(resumable, access_token, init)).toMatchObject(reason(403, 'insufficientPermissions'));
  });

  it('without a body is no upload', async () => {
    const answer = await google.api('/youtube/v3/videos?part=snippet', token, { method: 'POST', body: metadata });
    expect(answer).toMatchObject(reason(400, 'mediaBodyRequired'));
  });
});
