import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureKinds, PlatformFailure } from '../../model/failure.ts';
import { createSimulatedNetwork } from '../network.ts';
import { identify, refreshTokens } from './api.ts';
import { readUserTokens } from './credentials.ts';
import { diagnose } from './diagnosis.ts';
import { diagnosisTable } from './diagnosis-table.ts';
import { platform } from './index.ts';
import { openTestConnection, type TestConnection } from './test-connection.ts';

const host = 'api.x.com';
const now = new Date('2026-11-23T12:00:00.000Z');
const keys = { api_key: 'k', api_secret: 'app-s3cret', access_token: '1-t', access_token_secret: 'token-s3cret' };

let x: TestConnection;
beforeEach(async () => {
  x = await openTestConnection();
});
afterEach(() => x.close());

interface Scripted {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the library throws when X answers so, through the simulator. */
async function errorOf(answer: Scripted, path: 'me' | 'token' = 'me'): Promise<unknown> {
  x.simulators.faults.add({ host, ...answer });
  const act =
    path === 'me'
      ? identify(readUserTokens(keys), x.context())
      : refreshTokens({ client_id: 'id', client_secret: 'client-s3cret' }, 'refresh-s3cret', x.context());
  return act.then(
    () => expect.unreachable('the call should have failed'),
    (error: unknown) => error,
  );
}

describe.each(diagnosisTable.map((row) => ({ row, name: `${row.status} ${row.code} ${JSON.stringify(row.when)}` })))(
  'the answer $name',
  ({ row }) => {
    it('is recognised in what twitter-api-v2 throws', async () => {
      const error = await errorOf({ status: row.status, body: row.example }, row.when.oauth ? 'token' : 'me');
      expect(diagnose(error, now)).toMatchObject({ kind: row.kind, code: row.code, cause: row.cause });
    });

    it('tells what to do', () => {
      expect(row.cause).toMatch(/\.$/);
      expect(row.remedy).toMatch(/\.$/);
      if (row.link !== undefined) expect(new URL(row.link).protocol).toBe('https:');
    });
  },
);

describe('the lack of credits', () => {
  it('is a limit and no failure of the token, so that the connection is kept', async () => {
    await x.connectSigned();
    x.set({ creditsUsd: 0 });
    const error: unknown = await x.probe().catch((thrown: unknown) => thrown);
    const failure = { kind: 'rate_limited', code: 'CreditsDepleted', link: 'https://console.x.com/billing' };
    expect(error).toMatchObject({ failure });
    expect(error instanceof PlatformFailure && error.message).toContain('Buy credits');
    x.set({ creditsUsd: 5 });
    expect(await x.probe()).toHaveProperty('account');
  });
});

describe('a limit', () => {
  const spent = { 'x-rate-limit-limit': '75', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1795436100' };
  const body = { title: 'Too Many Requests', type: 'about:blank', status: 429 };

  it('ends when its header says', async () => {
    const error = await errorOf({ status: 429, body, headers: spent });
    expect(diagnose(error, now)).toMatchObject({ kind: 'rate_limited', retryAt: '2026-11-23T12:15:00.000Z' });
  });

  it('of the day ends when its own header says', async () => {
    const day = { 'x-app-limit-24hour-remaining': '0', 'x-app-limit-24hour-reset': '1795478400' };
    const headers = { ...spent, 'x-rate-limit-remaining': '42', ...day };
    const error = await errorOf({ status: 429, body, headers });
    expect(diagnose(error, now).retryAt).toBe('2026-11-24T00:00:00.000Z');
  });

  it('that no row knows ends then too', async () => {
    const error = await errorOf({ status: 429, body: {}, headers: spent });
    expect(diagnose(error, now)).toMatchObject({ code: 'http_429', retryAt: '2026-11-23T12:15:00.000Z' });
  });

  it('of a month has no end that X states', async () => {
    const error = await errorOf({ status: 429, body: { type: 'https://api.twitter.com/2/problems/usage-capped' } });
    expect(diagnose(error, now)).toMatchObject({ kind: 'rate_limited', code: 'UsageCapExceeded' });
    expect(diagnose(error, now)).not.toHaveProperty('retryAt');
  });
});

describe('a 401', () => {
  const body = { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' };

  it('of a clock that is off blames the clock, not the keys', async () => {
    await x.connectSigned();
    const clock = { now: () => new Date(x.simulators.clock.now().getTime() + 600_000) };
    const failure = { kind: 'transient', code: 'clock_skew' };
    await expect(platform.probe(x.credentials, { ...x.context(), clock })).rejects.toMatchObject({ failure });
  });

  it('at the right time blames keys and token', async () => {
    expect(diagnose(await errorOf({ status: 401, body }), now)).toMatchObject({ kind: 'needs_consent' });
  });
});

describe('what X never documented', () => {
  it.each<[string, Scripted, string]>([
    ['a web page', { status: 403, body: '<html>s3cret</html>' }, 'not_json'],
    ['a page that calls itself a success', { status: 200, body: '<html>s3cret</html>' }, 'not_json'],
    ['trouble of its own', { status: 500, body: { title: 's3cret' } }, 'http_500'],
    ['an unknown code', { status: 403, body: { errors: [{ code: 4711, message: 's3cret' }] } }, 'unknown'],
    ['an odd body', { status: 400, body: { errors: 's3cret' } }, 'unknown'],
    ['half an answer', { status: 200, body: { data: { username: 's3cret' } } }, 'unknown'],
    ['no body', { status: 418 }, 'unknown'],
    [
      'broken JSON',
      { status: 200, body: '{"s3cret', headers: { 'content-type': 'application/json' } },
      'broken_answer',
    ],
  ])('is transient and repeats nothing: %s', async (_what, answer, code) => {
    const failure = diagnose(await errorOf(answer), now);
    expect(failure).toMatchObject({ kind: 'transient', code });
    expect(JSON.stringify(failure)).not.toContain('s3cret');
  });

  it('is judged whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.integer({ min: 100, max: 599 }), (data, headers, code) => {
        const failure = diagnose({ error: true, type: 'response', code, data, headers }, now);
        expect(failureKinds).toContain(failure.kind);
        expect(failureKinds).toContain(diagnose(data, now).kind);
      }),
    );
  });
});

describe('the network', () => {
  // Whether the library tells the socket's error or its own depends on which comes first.
  const codes = ['no_answer', 'ECONNRESET', 'ECONNREFUSED'];

  it('that drops the connection is transient', async () => {
    x.simulators.faults.add({ host, drop: 'after' });
    const act = identify(readUserTokens(keys), x.context());
    const error: unknown = await act.catch((thrown: unknown) => thrown);
    expect(diagnose(error, now).kind).toBe('transient');
    expect(codes).toContain(diagnose(error, now).code);
  });

  it('on which nothing answers is transient', async () => {
    const network = createSimulatedNetwork('http://127.0.0.1:1');
    const act = platform.probe(keys, { ...x.context(), network });
    const error: unknown = await act.catch((thrown: unknown) => thrown);
    expect(diagnose(error, now).kind).toBe('transient');
    expect(codes).toContain(diagnose(error, now).code);
  });
});

describe('whatever fails', () => {
  it('leaves without a secret in its text, its cause and its trace', async () => {
    const granted = { method: 'oauth2', client_id: 'id', client_secret: 'client-s3cret' };
    const tokens = { access_token: 'access-s3cret', refresh_token: 'refresh-s3cret' };
    const acts = [
      () => platform.probe(keys, x.context()),
      () => platform.refresh({ ...granted, ...tokens }, x.context()),
      () => platform.revoke(keys, x.context()),
    ];
    for (const act of acts) {
      x.simulators.faults.add({ host, status: 500, body: { echo: 'refresh-s3cret access-s3cret app-s3cret' } });
      const error: unknown = await act().catch((thrown: unknown) => thrown);
      if (!(error instanceof PlatformFailure) || !(error.cause instanceof Error)) throw new Error('not judged');
      const texts = [error.message, error.stack, error.cause.message, error.cause.stack, Object.entries(error.cause)];
      expect(JSON.stringify([texts, error.failure])).not.toContain('s3cret');
    }
  });
});
