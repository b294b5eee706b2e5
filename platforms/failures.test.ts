import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { judgeAnswer, judgeNetworkError, retryInstant, traceOf } from './failures.ts';

const now = new Date('2026-11-23T12:00:00.000Z');
const answer = { status: 200, contentType: 'application/json', retryAfter: null };

describe('the form of an answer', () => {
  it('takes 429 as a limit, until when the platform says', () => {
    expect(judgeAnswer('X', { ...answer, status: 429, retryAfter: '90' }, now)).toMatchObject({
      kind: 'rate_limited',
      retryAt: '2026-11-23T12:01:30.000Z',
    });
    expect(judgeAnswer('X', { ...answer, status: 429 }, now)).not.toHaveProperty('retryAt');
  });

  it.each([408, 500, 502, 503, 504, 599])('takes %i as transient', (status) => {
    expect(judgeAnswer('X', { ...answer, status }, now)?.kind).toBe('transient');
  });

  it('takes a web page as transient, whatever its status', () => {
    for (const status of [200, 403, 404]) {
      const failure = judgeAnswer('X', { ...answer, status, contentType: 'Text/HTML; charset=utf-8' }, now);
      expect(failure).toMatchObject({ kind: 'transient', code: 'not_json' });
    }
  });

  it('leaves all else to the body', () => {
    expect(judgeAnswer('X', { ...answer, status: 400 }, now)).toBeNull();
  });
});

describe('Retry-After', () => {
  it('is understood as seconds and as a date, and else ignored', () => {
    expect(retryInstant('120', now)).toBe('2026-11-23T12:02:00.000Z');
    expect(retryInstant('Mon, 23 Nov 2026 13:00:00 GMT', now)).toBe('2026-11-23T13:00:00.000Z');
    for (const header of [null, '', ' ', 'soon', '1e300']) expect(retryInstant(header, now)).toBeNull();
    expect(retryInstant('-5', now)).toBe(now.toISOString());
  });
});

describe('errors of the network', () => {
  it('are found behind the errors of a library', async () => {
    const refused = await new Promise<unknown>((resolve) => net.connect(1, '127.0.0.1').once('error', resolve));
    const wrapped = new TypeError('fetch failed', { cause: new Error('deeper', { cause: refused }) });
    expect(judgeNetworkError('X', wrapped)).toMatchObject({ kind: 'transient', code: 'ECONNREFUSED' });
  });

  it('include a deadline that passed', () => {
    expect(judgeNetworkError('X', new DOMException('late', 'TimeoutError'))?.cause).toContain('in time');
  });

  it('are told from other errors', () => {
    for (const error of [new TypeError('x is not a function'), 'text', null, undefined, { code: 42 }]) {
      expect(judgeNetworkError('X', error)).toBeNull();
    }
  });

  it('end a chain that bites its own tail', () => {
    const error = new Error('round');
    error.cause = error;
    expect(judgeNetworkError('X', error)).toBeNull();
  });
});

describe('what is kept of an error', () => {
  it('is its name and its place, never its text', () => {
    const error = Object.assign(new TypeError('request to https://h/revoke?token=s3cret failed'), { config: 's3cret' });
    const trace = traceOf(error);
    expect(trace.name).toBe('TypeError');
    expect(trace.stack).toContain('failures.test.ts');
    expect(JSON.stringify([trace, trace.message, trace.stack])).not.toContain('s3cret');
  });

  it('survives things that are no errors', () => {
    expect(traceOf('s3cret').stack).not.toContain('s3cret');
  });
});
