import { z } from 'zod';
import { PlatformFailure, type Failure } from '../../model/failure.ts';
import { judgeAnswer, judgeNetworkError, retryInstant, unknownFailure } from '../failures.ts';
import type { DiagnosisRow } from './diagnosis-row.ts';
import { diagnosisTable } from './diagnosis-table.ts';
import { regainInstant } from './usage-limits.ts';

const number = z.coerce.number().int().optional().catch(undefined);

const envelope = z.object({
  code: number,
  error_subcode: number,
  /** What `debug_token` calls it. */
  subcode: number,
  message: z.string().catch(''),
  is_transient: z.boolean().optional().catch(undefined),
});
type Envelope = z.infer<typeof envelope>;

const errorBody = z.object({ error: envelope });
// Of debug_token: HTTP 200, the token is dead (2026-11-23) [C; keys U].
const deadTokenBody = z.object({ data: z.object({ error: envelope }) });

interface AnswerHeaders {
  get(name: string): string | null;
}

// By form, so that errors of a caller's own client are understood as well.
const answered = z.object({
  status: z.number(),
  headers: z.custom<AnswerHeaders>(hasGet).optional().catch(undefined),
  body: z.unknown(),
});

function hasGet(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'get' in value && typeof value.get === 'function';
}

interface GraphAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: unknown;
}

const noHeaders: AnswerHeaders = { get: () => null };

/**
 * The failure behind a GraphError, behind a body that holds Meta's error, or behind an error of the network; unknown ones are
 * transient.
 */
export function diagnose(error: unknown, now: Date): Failure {
  if (error instanceof PlatformFailure) return error.failure;
  if (readEnvelope(error) !== null) return judge({ status: 400, headers: noHeaders, body: error }, now);
  const answer = answered.safeParse(error);
  if (answer.success) {
    const { status, headers = noHeaders, body } = answer.data;
    return judge({ status, headers, body }, now);
  }
  return (
    judgeNetworkError('Facebook', error) ??
    unknownFailure('Facebook', error instanceof Error ? error.name : typeof error)
  );
}

function judge(answer: GraphAnswer, now: Date): Failure {
  const stated = readEnvelope(answer.body);
  const row = stated === null ? undefined : diagnosisTable.find((candidate) => fits(candidate, stated));
  if (stated !== null && row !== undefined) return verdict(row, stated, answer.headers, now);
  const form = {
    status: answer.status,
    contentType: answer.headers.get('content-type'),
    retryAfter: answer.headers.get('retry-after'),
  };
  const byForm = judgeAnswer('Facebook', form, now);
  return (
    byForm ?? unknownFailure('Facebook', `HTTP ${answer.status}, ${stated === null ? 'no error code' : codeOf(stated)}`)
  );
}

function readEnvelope(body: unknown): Envelope | null {
  const plain = errorBody.safeParse(body);
  if (plain.success) return plain.data.error;
  const dead = deadTokenBody.safeParse(body);
  return dead.success ? dead.data.data.error : null;
}

function fits({ code, subcode, message }: DiagnosisRow, stated: Envelope): boolean {
  if (subcode !== undefined && subcode !== (stated.error_subcode ?? stated.subcode)) return false;
  if (message?.test(stated.message) === false) return false;
  if (code === undefined) return true;
  if (stated.code === undefined) return false;
  return typeof code === 'number' ? stated.code === code : stated.code >= code[0] && stated.code <= code[1];
}

// The message is left out, because it may repeat what was sent.
function verdict(row: DiagnosisRow, stated: Envelope, headers: AnswerHeaders, now: Date): Failure {
  const { kind, cause, remedy, link } = row;
  const retryAt =
    kind === 'rate_limited' ? (regainInstant(headers, now) ?? retryInstant(headers.get('retry-after'), now)) : null;
  return {
    kind,
    code: codeOf(stated),
    cause,
    remedy,
    ...(link !== undefined && { link }),
    ...(retryAt !== null && { retryAt }),
  };
}

function codeOf({ code, error_subcode, subcode }: Envelope): string {
  const detail = error_subcode ?? subcode;
  return [code ?? 'no code', ...(detail === undefined ? [] : [detail])].join('/');
}
