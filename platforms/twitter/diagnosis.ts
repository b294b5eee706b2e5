import { z } from 'zod';
import { PlatformFailure, type Failure } from '../../model/failure.ts';
import { judgeAnswer, judgeNetworkError, unknownFailure } from '../failures.ts';
import type { DiagnosisRow } from './diagnosis-row.ts';
import { clockIsOff, diagnosisTable } from './diagnosis-table.ts';

const optionalText = z.string().optional().catch(undefined);

// X has three forms of an error: a problem document, a list of codes, and that of OAuth 2.0.
const errorBody = z.object({
  type: optionalText,
  title: optionalText,
  detail: optionalText,
  reason: optionalText,
  error: optionalText,
  error_description: optionalText,
  errors: z
    .array(z.object({ code: z.number().optional().catch(undefined), message: optionalText }))
    .optional()
    .catch(undefined),
});

const headersOf = z.record(z.string(), z.unknown());

/** An answer as twitter-api-v2 hands it over: header names in lower case. */
export interface XAnswer {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

// By their form, so that another copy of the library is understood too.
const responseError = z.object({
  error: z.literal(true),
  type: z.literal('response'),
  code: z.number(),
  data: z.unknown(),
  headers: headersOf.catch({}),
});
const requestError = z.object({ error: z.literal(true), type: z.literal('request'), requestError: z.unknown() });
const partialError = z.object({ error: z.literal(true), type: z.literal('partial-response') });

/** The failure behind an error of twitter-api-v2 or of the network; unknown ones are transient. */
export function diagnose(error: unknown, now: Date): Failure {
  if (error instanceof PlatformFailure) return error.failure;
  const answered = responseError.safeParse(error);
  if (answered.success) {
    const { code, data, headers } = answered.data;
    return judge({ status: code, data, headers }, now);
  }
  if (partialError.safeParse(error).success) return brokenAnswer;
  const asked = requestError.safeParse(error);
  const inner: unknown = asked.success ? asked.data.requestError : error;
  const name = error instanceof Error ? error.name : typeof error;
  return judgeNetworkError('X', inner) ?? (asked.success ? noAnswer : unknownFailure('X', name));
}

const brokenAnswer: Failure = {
  kind: 'transient',
  code: 'broken_answer',
  cause: 'The answer of X broke off or was not the JSON that it said it was.',
  remedy: 'Nothing to do: the connector tries again by itself.',
};

// The library's own errors for a call that took too long and for a closed socket carry no code, and the second comes
// before the socket's own error [T]: which of them it was is lost.
const noAnswer: Failure = {
  kind: 'transient',
  code: 'no_answer',
  cause: 'X could not be reached, closed the connection, or did not answer in time.',
  remedy: 'The connector tries again by itself. If it lasts, check the network of this machine and its proxy settings.',
};

/** The failure that an answer states. */
export function judge(answer: XAnswer, now: Date): Failure {
  const words = readWords(answer.data);
  const row = words === null ? undefined : diagnosisTable.find((candidate) => fits(candidate, words, answer.status));
  if (answer.status === 401 && row?.code !== 'unauthorized_client' && skewMs(answer, now) > tolerableSkewMs) {
    return verdict(clockIsOff);
  }
  if (row !== undefined) return { ...verdict(row), ...retryAt(row, answer) };
  const form = {
    status: answer.status,
    contentType: headerOf(answer, 'content-type'),
    retryAfter: retryAfter(answer, now),
  };
  return judgeAnswer('X', form, now) ?? unknownFailure('X', `HTTP ${answer.status}, ${wordOf(words)}`);
}

/** X does not say how far off a timestamp may be; five minutes are usual (2026-11-23) [U]. */
export const tolerableSkewMs = 5 * 60_000;

/** How far X's clock and ours are apart by a dated answer; 0 when it is undated. */
export function skewMs(answer: Pick<XAnswer, 'headers'>, now: Date): number {
  const serverMs = Date.parse(headerOf(answer, 'date') ?? '');
  return Number.isNaN(serverMs) ? 0 : Math.abs(serverMs - now.getTime());
}

interface Words {
  readonly problem: string | undefined;
  readonly title: string | undefined;
  readonly reason: string | undefined;
  readonly oauth: string | undefined;
  readonly codes: readonly number[];
  readonly texts: readonly string[];
}

function readWords(data: unknown): Words | null {
  const parsed = errorBody.safeParse(data);
  if (!parsed.success) return null;
  const { type, title, detail, reason, error, error_description, errors = [] } = parsed.data;
  const texts = [detail, error_description, ...errors.map(({ message }) => message)];
  return {
    problem: type?.split('/').at(-1),
    title,
    reason,
    oauth: error,
    codes: errors.map(({ code }) => code).filter((code) => code !== undefined),
    texts: texts.filter((one) => one !== undefined),
  };
}

function fits({ when, status }: DiagnosisRow, words: Words, answered: number): boolean {
  const { says } = when;
  return (
    (when.anyStatus === true || status === answered) &&
    (when.problem === undefined || when.problem === words.problem) &&
    (when.title === undefined || when.title === words.title) &&
    (when.reason === undefined || when.reason === words.reason) &&
    (when.oauth === undefined || when.oauth === words.oauth) &&
    (when.error === undefined || words.codes.includes(when.error)) &&
    (says === undefined || words.texts.some((one) => one.toLowerCase().includes(says)))
  );
}

function verdict({ kind, code, cause, remedy, link }: Omit<DiagnosisRow, 'status' | 'when' | 'example'>): Failure {
  return { kind, code, cause, remedy, ...(link === undefined ? {} : { link }) };
}

function retryAt({ kind, until }: DiagnosisRow, answer: XAnswer): { retryAt?: string } {
  if (kind !== 'rate_limited' || until !== 'reset-header') return {};
  const resetMs = resetInstantMs(answer);
  return resetMs === null ? {} : { retryAt: new Date(resetMs).toISOString() };
}

const limitHeaders = ['x-rate-limit', 'x-app-limit-24hour', 'x-user-limit-24hour'];

/**
 * When the limit that was met ends: of those that have nothing left the last, else the ordinary one.
 * https://docs.x.com/x-api/fundamentals/rate-limits (2026-11-23) [O; 24-hour headers C]
 */
function resetInstantMs(answer: XAnswer): number | null {
  const resets = limitHeaders.map((prefix) => ({
    spent: headerOf(answer, `${prefix}-remaining`) === '0',
    atMs: Number(headerOf(answer, `${prefix}-reset`) ?? Number.NaN) * 1000,
  }));
  const known = resets.filter(({ atMs }) => Number.isFinite(atMs) && atMs > 0 && atMs < 8.64e15);
  const spent = known.filter((reset) => reset.spent);
  if (spent.length > 0) return Math.max(...spent.map(({ atMs }) => atMs));
  return known[0]?.atMs ?? null;
}

function retryAfter(answer: XAnswer, now: Date): string | null {
  const resetMs = resetInstantMs(answer);
  if (resetMs === null) return headerOf(answer, 'retry-after');
  return String(Math.max(0, Math.ceil((resetMs - now.getTime()) / 1000)));
}

function headerOf({ headers }: Pick<XAnswer, 'headers'>, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}

// Types, codes and OAuth words are X's own; titles and details are left out, because they may repeat what was sent.
function wordOf(words: Words | null): string {
  const known = [words?.problem, words?.reason, words?.oauth, ...(words?.codes ?? []).map(String)];
  const named = known.filter((word) => word !== undefined && /^[\w.:-]{1,64}$/.test(word));
  return named.length === 0 ? 'no known error code' : `error ${named.join(', ')}`;
}
