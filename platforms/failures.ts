import { z } from 'zod';
import type { Failure } from '../model/failure.ts';

/** What of an HTTP answer a judgement needs, whatever library fetched it. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly retryAfter: string | null;
}

/**
 * The failure that the form of an answer alone tells, before its body is understood: 429 → `rate_limited`, 408 and 5xx →
 * `transient`, a page instead of data → `transient`. Null when only the body can tell.
 */
export function judgeAnswer(platform: string, answer: HttpAnswer, now: Date): Failure | null {
  if (answer.status === 429) {
    const retryAt = retryInstant(answer.retryAfter, now);
    return {
      kind: 'rate_limited',
      code: 'http_429',
      cause: `${platform} answered 429: too many requests.`,
      remedy: retryAt === null ? 'Wait before you try again.' : `Try again after ${retryAt}.`,
      ...(retryAt === null ? {} : { retryAt }),
    };
  }
  if (answer.status === 408 || answer.status >= 500) {
    return {
      kind: 'transient',
      code: `http_${answer.status}`,
      cause: `${platform} answered ${answer.status}: it has trouble of its own.`,
      remedy: 'Nothing to do: the connector tries again by itself.',
    };
  }
  if (answer.contentType?.toLowerCase().startsWith('text/html') === true) {
    return {
      kind: 'transient',
      code: 'not_json',
      cause: `${platform} answered ${answer.status} with a web page instead of data; a proxy may stand in between.`,
      remedy:
        'The connector tries again by itself. If it stays so, open the address from this machine and read the page.',
    };
  }
  return null;
}

/** The instant (ISO 8601) that a `Retry-After` header names, as seconds or as a date; null when it names none. */
export function retryInstant(header: string | null, now: Date): string | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const instantMs = Number.isFinite(seconds) ? now.getTime() + Math.max(0, seconds) * 1000 : Date.parse(header);
  const instant = new Date(instantMs);
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString();
}

const systemCauses: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'dropped the connection',
  EPIPE: 'dropped the connection',
  UND_ERR_SOCKET: 'dropped the connection',
  ERR_STREAM_PREMATURE_CLOSE: 'dropped the connection in the middle of its answer',
  ENOTFOUND: 'has an address that this machine cannot look up',
  EAI_AGAIN: 'has an address that this machine cannot look up now',
  EHOSTUNREACH: 'cannot be reached from this network',
  ENETUNREACH: 'cannot be reached from this network',
  ETIMEDOUT: 'did not answer in time',
  TimeoutError: 'did not answer in time',
  AbortError: 'did not answer in time',
  ABORT_ERR: 'did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'did not answer in time',
};

const linkInChain = z.object({ name: z.string(), code: z.unknown(), cause: z.unknown() }).partial();

/**
 * The transient failure behind an error of the network itself, found by the code of the error or of one of its causes.
 * Null when it is no such error.
 */
export function judgeNetworkError(platform: string, error: unknown): Failure | null {
  let link: unknown = error;
  for (let depth = 0; depth < 5 && link !== undefined; depth += 1) {
    const parsed = linkInChain.safeParse(link);
    if (!parsed.success) return null;
    for (const code of [parsed.data.code, parsed.data.name]) {
      const cause = typeof code === 'string' ? systemCauses[code] : undefined;
      if (typeof code === 'string' && cause !== undefined) return unreachable(platform, code, cause);
    }
    link = parsed.data.cause;
  }
  return null;
}

const unsentCodes: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/** True when the request cannot have reached the platform: no connection to it came about. */
export function isUnsent(failure: Failure): boolean {
  return unsentCodes.has(failure.code);
}

/** True when we gave up waiting: the platform may have acted on the request, or may still do so. */
export function isTimeout(failure: Failure): boolean {
  return systemCauses[failure.code] === systemCauses['TimeoutError'] && !isUnsent(failure);
}

function unreachable(platform: string, code: string, cause: string): Failure {
  return {
    kind: 'transient',
    code,
    cause: `${platform} ${cause} (${code}).`,
    remedy:
      'The connector tries again by itself. If it lasts, check the network of this machine and its proxy settings.',
  };
}

/** The failure for whatever nobody recognised: transient, because only a platform's own verdict may end a connection. */
export function unknownFailure(platform: string, what: string): Failure {
  return {
    kind: 'transient',
    code: 'unknown',
    cause: `A call to ${platform} failed in a way that the connector does not know: ${what}.`,
    remedy: 'The connector tries again by itself. If it lasts, report it with this text.',
  };
}

/**
 * What may be kept of an error that a client library threw: its name and where it was thrown. Message and properties
 * are dropped, because they can hold URLs, bodies and headers with secrets.
 */
export function traceOf(error: unknown): Error {
  const trace = new Error('The message was dropped because it can hold secrets.');
  trace.name = error instanceof Error ? error.name : typeof error;
  const places = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  trace.stack = [`${trace.name}: ${trace.message}`, ...places].join('\n');
  return trace;
}
