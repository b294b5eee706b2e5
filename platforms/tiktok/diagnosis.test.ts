import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureKinds, type Failure } from '../../model/failure.ts';
import { createSimulatedNetwork } from '../network.ts';
import { tiktokFetch } from './client.ts';
import { diagnose, diagnosisTable } from './diagnosis.ts';
import { platform } from './index.ts';
import { openTestConnection, type TestConnection } from './test-connection.ts';

const host = 'open.tiktokapis.com';
const logId = '20261123120000ABCDEF';
const now = new Date('2026-11-23T12:00:00.000Z');

let tiktok: TestConnection;
beforeAll(async () => {
  tiktok = await openTestConnection();
  await tiktok.toSandbox();
});
afterAll(() => tiktok.close());

async function failureOf(act: Promise<unknown>): Promise<Failure> {
  const error = await act.then(
    () => expect.unreachable('the call should have failed'),
    (thrown: unknown) => thrown,
  );
  return platform.diagnose(error, now);
}

const refresh = (): Promise<unknown> => platform.refresh(tiktok.credentials, tiktok.context());
const dryRun = (): Promise<unknown> => platform.dryRun!(tiktok.credentials, tiktok.context());

/** What became of a post, as a program of a user would ask. */
async function postStatus(): Promise<Failure> {
  const getAccessToken = (): Promise<string> => Promise.resolve(platform.accessToken(tiktok.credentials));
  const send = tiktokFetch({ getAccessToken, network: tiktok.network });
  return diagnose(await (await send('/v2/post/publish/status/fetch/', { method: 'POST' })).json(), now);
}

const rowsOf = (source: string): typeof diagnosisTable => diagnosisTable.filter((row) => row.source === source);

describe.each(rowsOf('oauth'))('the OAuth error $code', ({ code, kind, cause, status }) => {
  it.each([200, 400, status])('is recognised with the status %i', async (answered) => {
    const body = { error: code, error_description: 'Something s3cret.', log_id: logId };
    const fault = { host, path: '/v2/oauth/token/', status: answered, body };
    tiktok.simulators.faults.add(fault);
    expect(await failureOf(refresh())).toMatchObject({ kind, code, cause });
    expect(tiktok.simulators.faults.list()).toEqual([]);
  });
});

describe.each(rowsOf('api'))('the API error $code', ({ code, kind, cause, status }) => {
  it.each([status, 200])('is recognised with the status %i', async (answered) => {
    const body = { data: {}, error: { code, message: 'Something s3cret.', log_id: logId } };
    tiktok.simulators.faults.add({ host, path: '/v2/post/*', status: answered, body });
    expect(await failureOf(dryRun())).toMatchObject({ kind, code, cause });
  });
});

describe.each(rowsOf('post'))('the reason of a failed post $code', ({ code, kind, cause }) => {
  it('is recognised in the status of the post', async () => {
    const body = { data: { status: 'FAILED', fail_reason: code }, error: { code: 'ok', message: '', log_id: logId } };
    tiktok.simulators.faults.add({ host, path: '/v2/post/publish/status/fetch/', status: 200, body });
    expect(await postStatus()).toMatchObject({ kind, code, cause });
  });
});

describe('each row', () => {
  it.each(diagnosisTable)('tells what to do and until when: $source $code', (row) => {
    expect(row.cause).toMatch(/\.$/);
    expect(row.remedy).toMatch(/\.$/);
    if (row.link !== undefined) expect(new URL(row.link).protocol).toBe('https:');
    expect(row.limitMs !== undefined).toBe(row.kind === 'rate_limited');
    expect(diagnosisTable.filter(({ source, code }) => source === row.source && code === row.code)).toHaveLength(1);
  });
});

describe('limits', () => {
  it.each([
    ['rate_limit_exceeded', '2026-11-23T12:01:00.000Z'],
    ['spam_risk_too_many_posts', '2026-11-24T12:00:00.000Z'],
    ['reached_active_user_cap', '2026-11-24T12:00:00.000Z'],
  ])('%s end at %s', (code, retryAt) => {
    expect(diagnose({ error: { code, message: '' } }, now)).toMatchObject({ kind: 'rate_limited', retryAt });
  });

  it('end when a header says', async () => {
    const body = { data: {}, error: { code: 'rate_limit_exceeded' } };
    tiktok.simulators.faults.add({ host, path: '/v2/*', status: 429, body, headers: { 'retry-after': '7' } });
    const failure = await failureOf(dryRun());
    expect(failure).toMatchObject({ kind: 'rate_limited', retryAt: '2026-11-23T12:00:07.000Z' });
  });
});

describe('what TikTok never documented', () => {
  it.each([
    ['a web page', { status: 403, body: '<html>s3cret</html>' }, 'not_json'],
    ['a page that calls itself a success', { status: 200, body: '<html>s3cret</html>' }, 'not_json'],
    ['trouble of its own', { status: 503, body: {} }, 'http_503'],
    ['an unknown word', { status: 400, body: { error: 'invalid_moon', error_description: 's3cret' } }, 'unknown'],
    ['a word that is no word', { status: 200, body: { error: 'look: s3cret' } }, 'unknown'],
    ['half an answer', { status: 200, body: { access_token: 's3cret' } }, 'unknown'],
  ])('is transient and repeats nothing: %s', async (_what, answer, code) => {
    tiktok.simulators.faults.add({ host, path: '/v2/oauth/token/', ...answer });
    const failure = await failureOf(refresh());
    expect(failure).toMatchObject({ kind: 'transient', code });
    expect(JSON.stringify(failure)).not.toContain('s3cret');
  });

  it('is transient when nothing answers', async () => {
    const network = createSimulatedNetwork('http://127.0.0.1:1');
    const failure = await failureOf(platform.refresh(tiktok.credentials, { ...tiktok.context(), network }));
    expect(failure).toMatchObject({ kind: 'transient', code: 'ECONNREFUSED' });
    await network.close();
  });

  it('is judged whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(failureKinds).toContain(diagnose(thrown, now).kind);
        expect(failureKinds).toContain(diagnose({ status: 200, body: thrown }, now).kind);
      }),
    );
  });
});
