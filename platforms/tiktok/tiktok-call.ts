import { PlatformFailure } from '../../model/failure.ts';
import type { PlatformContext } from '../platform.ts';
import { judge, type TiktokAnswer } from './diagnosis.ts';

/** The one host of the API (2026-11-23) [O]. */
export const apiOrigin = 'https://open.tiktokapis.com';

// Shorter than any lease of a refresh, so that a hanging call ends while the lease is still ours.
const callTimeoutMs = 15_000;

interface Call {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
}

/**
 * One call, sent once: a lost answer of a refresh is a spent refresh token, so nothing here may repeat it. The path ends
 * in a slash, or TikTok answers with something else (2026-11-23) [O].
 */
export async function call(path: `/v2/${string}`, init: Call, context: PlatformContext): Promise<TiktokAnswer> {
  const response = await context.network.fetch(new URL(path, apiOrigin), {
    ...init,
    redirect: 'manual',
    signal: AbortSignal.timeout(callTimeoutMs),
  });
  const text = await response.text();
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    body: parseJson(text),
  };
}

/** A form to the OAuth endpoints. */
export function postForm(
  path: `/v2/${string}`,
  fields: Readonly<Record<string, string>>,
  context: PlatformContext,
): Promise<TiktokAnswer> {
  return call(path, { method: 'POST', body: new URLSearchParams(fields) }, context);
}

/** What the answer states, thrown. */
export function failureOf(answer: TiktokAnswer, context: PlatformContext): PlatformFailure {
  return new PlatformFailure(judge(answer, context.clock.now()));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
