import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureKinds, PlatformFailure } from '../../model/failure.ts';
import { diagnose } from './diagnosis.ts';
import type { DiagnosisRow } from './diagnosis-row.ts';
import { diagnosisTable } from './diagnosis-table.ts';
import { platform } from './index.ts';
import { openTestPerson, type TestPerson } from './test-person.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const connection = { app_id: '1234567', app_secret: 'app-s3cret', page_id: '555', page_access_token: 'EAAs3cret' };

let person: TestPerson;
beforeEach(async () => {
  person = await openTestPerson();
});
afterEach(() => person.close());

function codeOf({ code = 10 }: DiagnosisRow): number {
  return typeof code === 'number' ? code : code[0];
}

async function failureOfProbe(fault: object): Promise<unknown> {
  person.simulators.faults.add({ host: 'graph.facebook.com', ...fault });
  const error: unknown = await platform.probe(connection, person.context()).catch((thrown: unknown) => thrown);
  if (!(error instanceof PlatformFailure)) throw new Error('The probe should have failed with a judgement.');
  return error.failure;
}

const rows = diagnosisTable.map((row) => ({
  row,
  name: `${codeOf(row)}/${row.subcode ?? '-'} ${row.message?.source ?? ''}`,
}));

describe.each(rows)('the answer $name', ({ row }) => {
  const code = codeOf(row);
  const expected = { kind: row.kind, code: row.subcode === undefined ? String(code) : `${code}/${row.subcode}` };

  it('is recognised as a refusal and inside a 200 of debug_token', async () => {
    const error = { message: row.sample, type: 'OAuthException', code, error_subcode: row.subcode };
    expect(await failureOfProbe({ status: 400, body: { error } })).toMatchObject({ ...expected, cause: row.cause });
    const data = { error: { code, message: row.sample, subcode: row.subcode }, is_valid: false, scopes: [] };
    expect(await failureOfProbe({ status: 200, body: { data } })).toMatchObject({ ...expected, cause: row.cause });
  });

  it('tells what to do', () => {
    expect(row.cause).toMatch(/\.$/);
    expect(row.remedy).toMatch(/\.$/);
    if (row.link !== undefined) expect(new URL(row.link).protocol).toBe('https:');
  });
});

describe('a limit', () => {
  const error = { code: 32, message: 'Page request limit reached' };

  it('ends when the business header says', async () => {
    const usage = { '555': [{ type: 'pages', call_count: 100, estimated_time_to_regain_access: 17 }] };
    const headers = { 'x-business-use-case-usage': JSON.stringify(usage) };
    expect(await failureOfProbe({ status: 400, body: { error }, headers })).toMatchObject({
      kind: 'rate_limited',
      retryAt: '2026-11-23T12:17:00.000Z',
    });
  });

  it.each(['{}', 'nonsense', '{"555":[{"estimated_time_to_regain_access":0}]}', '[]'])(
    'has no known end after the header %s',
    async (header) => {
      const headers = { 'x-business-use-case-usage': header };
      expect(await failureOfProbe({ status: 400, body: { error }, headers })).not.toHaveProperty('retryAt');
    },
  );
});

describe('what a caller of the SDK may hand over', () => {
  it('is the body of a refusal, or an error with it', () => {
    const body = { error: { code: 190, error_subcode: 463, message: 'Session has expired' } };
    expect(platform.diagnose(body, now)).toMatchObject({ kind: 'needs_consent', code: '190/463' });
    const error = Object.assign(new Error('failed'), { status: 400, body });
    expect(platform.diagnose(error, now)).toMatchObject({ kind: 'needs_consent', code: '190/463' });
  });
});

describe('what Meta never documented', () => {
  it.each([
    ['a web page', { status: 403, body: '<html>Sorry s3cret</html>' }, 'not_json'],
    ['trouble of its own', { status: 503, body: { message: 's3cret' } }, 'http_503'],
    ['an unknown code', { status: 400, body: { error: { code: 4711, message: 's3cret' } } }, 'unknown'],
    ['an odd body', { status: 400, body: { error: 's3cret' } }, 'unknown'],
    ['half an answer', { status: 200, body: { data: { is_valid: true, app_id: 's3cret' } } }, 'unknown'],
    ['no verdict at all', { status: 200, body: { data: { is_valid: false, scopes: [] } } }, 'unknown'],
    ['too many calls', { status: 429, body: {} }, 'http_429'],
  ])('repeats nothing and ends no connection: %s', async (_what, fault, code) => {
    const failure = await failureOfProbe(fault);
    expect(failure).toMatchObject({ code });
    expect(failure).not.toMatchObject({ kind: 'needs_consent' });
    expect(JSON.stringify(failure)).not.toContain('s3cret');
  });

  it('is judged whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), fc.integer({ min: 100, max: 599 }), (body, status) => {
        expect(failureKinds).toContain(diagnose({ status, headers: new Headers(), body }, now).kind);
        expect(failureKinds).toContain(diagnose(body, now).kind);
      }),
    );
  });

  it('is transient when nothing answers', async () => {
    person.simulators.faults.add({ host: 'graph.facebook.com', drop: 'after' });
    const failure = { kind: 'transient', code: 'UND_ERR_SOCKET' };
    await expect(platform.probe(connection, person.context())).rejects.toMatchObject({ failure });
  });
});
