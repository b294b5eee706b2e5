import { z } from 'zod';
import { PlatformFailure, type Failure } from '../../model/failure.ts';
import { judgeAnswer, judgeNetworkError, unknownFailure } from '../failures.ts';
import { diagnosisTable, type DiagnosisRow } from './diagnosis-table.ts';
import { nextPacificMidnight } from './pacific-midnight.ts';

const oauthErrorBody = z.object({
  error: z.string(),
  error_description: z.string().optional().catch(undefined),
  error_subtype: z.string().optional().catch(undefined),
});

const reasons = z.array(z.object({ reason: z.string().optional().catch(undefined) })).catch([]);

const apiErrorBody = z.object({
  error: z.object({
    message: z.string().optional().catch(undefined),
    errors: reasons.optional(),
    details: reasons.optional(),
  }),
});

/** Headers by their form: gaxios takes node-fetch, whose headers are not those of Node. */
interface AnswerHeaders {
  get(name: string): string | null;
}

/** An answer as gaxios hands it over, in every copy of it that is installed. */
export interface GoogleAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly data: unknown;
}

// Recognised by form: googleapis brings a gaxios of its own, whose errors are no instances of ours.
const errorWithAnswer = z.object({
  response: z.object({ status: z.number(), headers: z.custom<AnswerHeaders>(hasGet), data: z.unknown() }),
});

function hasGet(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'get' in value && typeof value.get === 'function';
}

/** The failure behind an error of google-auth-library, of googleapis, or of the network; unknown ones are transient. */
export function diagnose(error: unknown, now: Date): Failure {
  if (error instanceof PlatformFailure) return error.failure;
  const answered = errorWithAnswer.safeParse(error);
  if (answered.success) return judge(answered.data.response, now);
  return (
    judgeNetworkError('Google', error) ?? unknownFailure('Google', error instanceof Error ? error.name : typeof error)
  );
}

/** The failure that an answer states, be it with an error status or with 200. */
export function judge(answer: GoogleAnswer, now: Date): Failure {
  const row = findRow(answer);
  if (row !== undefined) return { ...verdict(row), ...retryAt(row, now) };
  const form = {
    status: answer.status,
    contentType: answer.headers.get('content-type'),
    retryAfter: answer.headers.get('retry-after'),
  };
  return judgeAnswer('Google', form, now) ?? unknownFailure('Google', `HTTP ${answer.status}, ${wordsOf(answer)}`);
}

interface Words {
  readonly source: DiagnosisRow['source'];
  readonly codes: readonly string[];
  readonly description: string | undefined;
  readonly subtype: string | undefined;
}

function readWords({ data }: GoogleAnswer): Words | null {
  const oauth = oauthErrorBody.safeParse(data);
  if (oauth.success) {
    const { error, error_description, error_subtype } = oauth.data;
    return { source: 'oauth', codes: [error], description: error_description, subtype: error_subtype };
  }
  const api = apiErrorBody.safeParse(data);
  if (!api.success) return null;
  const { message, errors = [], details = [] } = api.data.error;
  const codes = [...errors, ...details].map(({ reason }) => reason).filter((reason) => reason !== undefined);
  return { source: 'api', codes, description: message, subtype: undefined };
}

function findRow(answer: GoogleAnswer): DiagnosisRow | undefined {
  const words = readWords(answer);
  if (words === null) return undefined;
  return diagnosisTable.find(
    (row) => row.source === words.source && words.codes.includes(row.code) && fits(row, words, answer.status),
  );
}

const quotaMessage = /^Quota exceeded for quota metric '.+' and limit '.+ per (?<unit>day|minute)\b.*' of service '.+'/;

function fits({ only }: DiagnosisRow, words: Words, status: number): boolean {
  if (only === undefined) return true;
  const quotaPer = quotaMessage.exec(words.description ?? '')?.groups?.unit;
  return (
    (only.subtype === undefined || only.subtype === words.subtype) &&
    (only.description === undefined || only.description === words.description) &&
    (only.quotaPer === undefined || only.quotaPer === quotaPer) &&
    (only.status === undefined || only.status === status)
  );
}

function verdict({ kind, code, cause, remedy, link }: DiagnosisRow): Failure {
  return { kind, code, cause, remedy, ...(link === undefined ? {} : { link }) };
}

function retryAt({ until }: DiagnosisRow, now: Date): { retryAt?: string } {
  if (until === undefined) return {};
  const instant = until === 'pacific-midnight' ? nextPacificMidnight(now) : new Date(now.getTime() + 60_000);
  return { retryAt: instant.toISOString() };
}

// Codes are Google's own words; descriptions are left out, because they may repeat what was sent.
function wordsOf(answer: GoogleAnswer): string {
  const codes = (readWords(answer)?.codes ?? []).filter((code) => /^[\w.-]{1,64}$/.test(code));
  return codes.length === 0 ? 'no known error code' : `error ${codes.join(', ')}`;
}
