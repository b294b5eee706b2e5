import { ApplicationFailure } from '@temporalio/common';
import { PlatformFailure } from '../model/failure.ts';

/**
 * What Temporal sees of an error: kind as type, retryable unless a person must act, later when the platform said so.
 * The cause is left out: it may carry a request with a token, and it would go into the history.
 */
export function toApplicationFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof PlatformFailure) {
    const { failure } = error;
    return ApplicationFailure.create({
      type: failure.kind,
      message: `${failure.cause} ${failure.remedy}`,
      nonRetryable: failure.kind !== 'transient' && failure.kind !== 'rate_limited',
      ...(failure.retryAt === undefined
        ? {}
        : { nextRetryDelay: Math.max(1_000, Date.parse(failure.retryAt) - Date.now()) }),
    });
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : 'Something that is no error was thrown.';
  return ApplicationFailure.create({ type: 'transient', message: redact(text) });
}

/** Messages of libraries may quote what they sent; anything long and random-looking is cut out. */
function redact(text: string): string {
  return text
    .replaceAll(/[\w.~+/%=-]{24,}/g, (word) => (/\d/.test(word) && /[a-z]/i.test(word) ? '[redacted]' : word))
    .slice(0, 500);
}
