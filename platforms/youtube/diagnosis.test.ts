import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureKinds } from '../../model/failure.ts';
import { findChannel, refreshTokens } from './api.ts';
import { youtubeClient } from './client.ts';
import { diagnose } from './diagnosis.ts';
import { diagnosisTable, type DiagnosisRow } from './diagnosis-table.ts';
import { startScriptedGoogle, type ScriptedAnswer, type ScriptedGoogle } from './scripted-google.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const app = { client_id: 'id.apps.googleusercontent.com', client_secret: 's3cret' };
const perMinute =
  "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service 'youtube.googleapis.com' for consumer 'project_number:1'.";
const perDay =
  "Quota exceeded for quota metric 'Video Uploads' and limit 'Video Uploads per day' of service 'youtube.googleapis.com' for consumer 'project_number:1'.";

let google: ScriptedGoogle;
beforeEach(async () => {
  google = await startScriptedGoogle();
});
afterEach(() => google.close());

function apiAnswer(status: number, reason: string, message = 'Something.'): ScriptedAnswer {
  return { status, body: { error: { code: status, message, errors: [{ message, domain: 'youtube', reason }] } } };
}

function documentedAnswer(row: DiagnosisRow): ScriptedAnswer {
  if (row.source === 'api') {
    return apiAnswer(row.status, row.code, row.only?.quotaPer === 'minute' ? perMinute : perDay);
  }
  const { description = 'Bad Request', subtype } = row.only ?? {};
  return { status: row.status, body: { error: row.code, error_description: description, error_subtype: subtype } };
}

async function errorOf(act: Promise<unknown>): Promise<unknown> {
  return act.then(
    () => expect.unreachable('the call should have failed'),
    (error: unknown) => error,
  );
}

describe.each(diagnosisTable.map((row) => ({ row, name: `${row.code} ${JSON.stringify(row.only ?? {})}` })))(
  'the answer $name',
  ({ row }) => {
    it('is recognised in what google-auth-library throws', async () => {
      google.answer(documentedAnswer(row));
      const context = google.context({ now });
      const call = row.source === 'api' ? findChannel('token', context) : refreshTokens(app, 'old', context);
      expect(diagnose(await errorOf(call), now)).toMatchObject({ kind: row.kind, code: row.code, cause: row.cause });
      expect(google.seen).toHaveLength(1);
    });

    it('tells what to do', () => {
      expect(row.cause).toMatch(/\.$/);
      expect(row.remedy).toMatch(/\.$/);
      if (row.link !== undefined) expect(new URL(row.link).protocol).toBe('https:');
      expect(row.until !== undefined).toBe(row.kind === 'rate_limited' && row.code !== 'uploadLimitExceeded');
    });
  },
);

describe('errors of googleapis, which has a gaxios of its own', () => {
  it('are recognised too', async () => {
    google.answer(apiAnswer(403, 'quotaExceeded'));
    const youtube = youtubeClient({
      getAccessToken: () => Promise.resolve('token'),
      network: google.context().network,
    });
    const error = await errorOf(youtube.videos.insert({ part: ['snippet'], requestBody: {} }));
    expect(diagnose(error, now)).toMatchObject({ kind: 'rate_limited', code: 'quotaExceeded' });
  });
});

describe('limits', () => {
  async function retryAt(answer: ScriptedAnswer): Promise<string | undefined> {
    google.answer(answer);
    return diagnose(await errorOf(findChannel('token', google.context({ now }))), now).retryAt;
  }

  it('of a day end at midnight Pacific time', async () => {
    expect(await retryAt(apiAnswer(429, 'rateLimitExceeded', perDay))).toBe('2026-11-24T08:00:00.000Z');
    expect(await retryAt(apiAnswer(403, 'quotaExceeded'))).toBe('2026-11-24T08:00:00.000Z');
  });

  it('of an unnamed time count as daily, because trying sooner may be useless', async () => {
    expect(await retryAt(apiAnswer(429, 'rateLimitExceeded', 'Too many.'))).toBe('2026-11-24T08:00:00.000Z');
  });

  it('of a minute end with the minute', async () => {
    expect(await retryAt(apiAnswer(429, 'rateLimitExceeded', perMinute))).toBe('2026-11-23T12:01:00.000Z');
  });

  it('that only a header states end when it says', async () => {
    expect(await retryAt({ status: 429, body: {}, headers: { 'retry-after': '30' } })).toBe('2026-11-23T12:00:30.000Z');
  });
});

describe('newer forms of an error', () => {
  it('are recognised by the reason in their details', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SERVICE_DISABLED' }];
    google.answer({
      status: 403,
      body: { error: { code: 403, message: 'Off.', status: 'PERMISSION_DENIED', details } },
    });
    const error = await errorOf(findChannel('token', google.context()));
    expect(diagnose(error, now)).toMatchObject({ kind: 'app_rejected', code: 'SERVICE_DISABLED' });
  });
});

describe('what Google never documented', () => {
  it.each([
    ['a web page', { status: 403, body: '<html>Sorry s3cret</html>' }, 'not_json'],
    ['trouble of its own', { status: 503, body: { error: { message: 's3cret' } } }, 'http_503'],
    ['an unknown word', { status: 400, body: { error: 'invalid_moon', error_description: 's3cret' } }, 'unknown'],
    ['an odd body', { status: 400, body: { error: { errors: 's3cret' } } }, 'unknown'],
    ['a word that is no word', { status: 400, body: { error: 'look: s3cret' } }, 'unknown'],
    ['an error that calls itself a success', { status: 200, body: { error: 'internal_failure' } }, 'unknown'],
    ['a page that calls itself a success', { status: 200, body: '<html>Sign in s3cret</html>' }, 'not_json'],
    ['half an answer', { status: 200, body: { access_token: 's3cret' } }, 'unknown'],
  ])('is transient and repeats nothing: %s', async (_what, answer, code) => {
    google.answer(answer);
    const failure = diagnose(await errorOf(refreshTokens(app, 'old', google.context())), now);
    expect(failure).toMatchObject({ kind: 'transient', code });
    expect(JSON.stringify(failure)).not.toContain('s3cret');
  });

  it('is judged whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), fc.integer({ min: 100, max: 599 }), (data, status) => {
        const failure = diagnose({ response: { status, headers: new Headers(), data } }, now);
        expect(failureKinds).toContain(failure.kind);
        expect(failureKinds).toContain(diagnose(data, now).kind);
      }),
    );
  });
});

it('a grant that Google refuses in a 200 needs consent all the same', async () => {
  google.answer({
    status: 200,
    body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
  });
  const error = await errorOf(refreshTokens(app, 'old', google.context()));
  expect(diagnose(error, now).kind).toBe('needs_consent');
});
