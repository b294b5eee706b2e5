import { z } from 'zod';
import { PlatformFailure, type Failure } from '../../model/failure.ts';
import { judgeAnswer, judgeNetworkError, retryInstant, unknownFailure } from '../failures.ts';
import { apiRows } from './api-diagnoses.ts';
import type { DiagnosisRow } from './diagnosis-row.ts';
import { oauthRows } from './oauth-diagnoses.ts';
import { postRows } from './post-diagnoses.ts';

/** Every answer of TikTok that is understood. */
export const diagnosisTable: readonly DiagnosisRow[] = [...oauthRows, ...apiRows, ...postRows];

/** An answer, read; `body` is null when it is no JSON. */
export interface TiktokAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly retryAfter: string | null;
  readonly body: unknown;
}

const oauthErrorBody = z.object({ error: z.string().min(1) });
const apiErrorBody = z.object({ error: z.object({ code: z.string() }) });
const failReason = z.object({ fail_reason: z.string().min(1) });
const failedPostBody = z.union([failReason, z.object({ data: failReason }).transform(({ data }) => data)]);

/** True for the flat error of the OAuth endpoints, which alone tells a failure there. */
export function hasOauthError(body: unknown): boolean {
  return oauthErrorBody.safeParse(body).success;
}

/** True for an envelope of the API whose code is not `ok`. */
export function hasApiError(body: unknown): boolean {
  const parsed = apiErrorBody.safeParse(body);
  return parsed.success && parsed.data.error.code !== 'ok';
}

// What a caller of the API may throw or hand over: an answer, the body of one, or an error that carries the body.
const answerByForm = z.object({
  status: z.number().default(0),
  contentType: z.string().nullable().catch(null),
  retryAfter: z.string().nullable().catch(null),
  body: z.unknown().refine((body) => wordOf(body) !== null),
});

/** The failure behind an answer of TikTok, be it whole, its body alone, or thrown; unknown ones are transient. */
export function diagnose(error: unknown, now: Date): Failure {
  if (error instanceof PlatformFailure) return error.failure;
  if (wordOf(error) !== null) return judge({ status: 0, contentType: null, retryAfter: null, body: error }, now);
  const answer = answerByForm.safeParse(error);
  if (answer.success) return judge(answer.data, now);
  return (
    judgeNetworkError('TikTok', error) ?? unknownFailure('TikTok', error instanceof Error ? error.name : typeof error)
  );
}

/** The failure that an answer states. What the body says goes before the status, which is not reliable. */
export function judge(answer: TiktokAnswer, now: Date): Failure {
  const word = wordOf(answer.body);
  const row = diagnosisTable.find(({ source, code }) => source === word?.source && code === word.code);
  if (row !== undefined) return verdict(row, answer, now);
  const what = `HTTP ${answer.status}, ${nameOf(word)}`;
  return judgeAnswer('TikTok', answer, now) ?? unknownFailure('TikTok', what);
}

interface Word {
  readonly source: DiagnosisRow['source'];
  readonly code: string;
}

function wordOf(body: unknown): Word | null {
  const oauth = oauthErrorBody.safeParse(body);
  if (oauth.success) return { source: 'oauth', code: oauth.data.error };
  const post = failedPostBody.safeParse(body);
  if (post.success) return { source: 'post', code: post.data.fail_reason };
  const api = apiErrorBody.safeParse(body);
  return api.success && api.data.error.code !== 'ok' ? { source: 'api', code: api.data.error.code } : null;
}

function verdict({ kind, code, cause, remedy, link, limitMs }: DiagnosisRow, answer: TiktokAnswer, now: Date): Failure {
  const stated = retryInstant(answer.retryAfter, now);
  const retryAt = limitMs === undefined ? undefined : (stated ?? new Date(now.getTime() + limitMs).toISOString());
  return {
    kind,
    code,
    cause,
    remedy,
    ...(link === undefined ? {} : { link }),
    ...(retryAt === undefined ? {} : { retryAt }),
  };
}

// Codes are TikTok's own words; its messages are left out, because they may repeat what was sent.
function nameOf(word: Word | null): string {
  return word !== null && /^[\w.-]{1,64}$/.test(word.code) ? `error ${word.code}` : 'no known error code';
}
