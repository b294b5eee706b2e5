import { HTTPException } from 'hono/http-exception';
import { ManualModeError, NeedsConsentError, NotConnectedError, UnavailableError } from '../sdk/errors.ts';
import { QuotaExceededError, UnknownBucketError } from '../sdk/errors.ts';
import { NoWorkflowError, TemporalUnreachableError } from '../sdk/orchestration.ts';
import { UnknownPlatformError } from '../../platforms/load.ts';
import { isDatabaseAway } from '../../store/index.ts';
import { notFound, Problem } from './problem.ts';

/** The problem behind whatever a route threw. An error that nobody foresaw becomes a 500 without its words. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isClientGone(error)) return clientGone();
  return (
    tokenProblem(error) ??
    quotaProblem(error) ??
    outageProblem(error) ??
    requestProblem(error) ??
    new Problem({
      type: 'unexpected',
      title: 'Unexpected error',
      status: 500,
      detail: 'The server met an error that it did not expect.',
      remedy: 'Its log says more; connector doctor looks for the cause.',
    })
  );
}

/** Node's error for a request whose client went away in its middle; the code alone could be that of a lost Postgres. */
function isClientGone(error: unknown): boolean {
  return error instanceof Error && error.message === 'aborted' && 'code' in error && error.code === 'ECONNRESET';
}

/** Nobody reads it, but the log says what it was, and that it was no failure of ours. */
function clientGone(): Problem {
  const detail = 'The client went away before its request was whole.';
  return new Problem({ type: 'bad-request', title: 'Bad request', status: 400, detail });
}

function tokenProblem(error: unknown): Problem | null {
  if (error instanceof NotConnectedError) {
    const { message: detail, remedy } = error;
    return new Problem({ type: 'not-connected', title: 'Not connected', status: 404, detail, remedy });
  }
  if (error instanceof NeedsConsentError) {
    const { message: detail, remedy, link, reason: cause } = error;
    return new Problem({ type: 'needs-consent', title: 'Needs consent', status: 409, detail, remedy, link, cause });
  }
  if (error instanceof ManualModeError) {
    const { message: detail, instructions: remedy } = error;
    return new Problem({ type: 'manual-mode', title: 'Manual mode', status: 409, detail, remedy });
  }
  if (error instanceof UnavailableError) {
    const { message: detail, remedy, retryAt } = error;
    const headers = retryAfter(retryAt);
    return new Problem({ type: 'unavailable', title: 'No token now', status: 503, detail, remedy, retryAt, headers });
  }
  return null;
}

function quotaProblem(error: unknown): Problem | null {
  if (error instanceof QuotaExceededError) {
    const { message: detail, remedy, remaining, resetsAt: retryAt } = error;
    const quota = { type: 'quota-exceeded', title: 'Quota exceeded', status: 429 };
    return new Problem({ ...quota, detail, remedy, remaining, retryAt, headers: retryAfter(retryAt) });
  }
  if (error instanceof UnknownBucketError) {
    const { message: detail, remedy } = error;
    return new Problem({ type: 'not-found', title: 'Not found', status: 404, detail, remedy });
  }
  return null;
}

function retryAfter(retryAt: string): Record<string, string> {
  return { 'Retry-After': String(Math.max(1, Math.ceil((Date.parse(retryAt) - Date.now()) / 1000))) };
}

function outageProblem(error: unknown): Problem | null {
  const outage = { title: 'Not available', status: 503, headers: { 'Retry-After': '5' } };
  if (error instanceof TemporalUnreachableError) {
    return new Problem({ ...outage, type: 'temporal-unreachable', detail: error.message });
  }
  if (isDatabaseAway(error)) {
    const detail = 'Postgres does not answer.';
    return new Problem({
      ...outage,
      type: 'database-unreachable',
      detail,
      remedy: 'See that it runs: connector doctor.',
    });
  }
  return null;
}

function requestProblem(error: unknown): Problem | null {
  if (error instanceof NoWorkflowError) {
    return new Problem({
      type: 'not-found',
      title: 'Not found',
      status: 404,
      detail: error.message,
      remedy: 'Start an onboarding: POST /v1/onboardings.',
    });
  }
  if (error instanceof UnknownPlatformError) return notFound('such platform', error.message);
  if (error instanceof HTTPException && error.status < 500) {
    const { status } = error;
    return new Problem({ type: 'bad-request', title: 'Bad request', status, detail: 'The request cannot be read.' });
  }
  return null;
}
