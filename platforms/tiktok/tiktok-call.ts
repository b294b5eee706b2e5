import { PlatformFailure } from '../../model/failure.ts';
import { longestCallMs } from '../network.ts';
import type { PlatformContext } from '../platform.ts';
import { judge, type TiktokAnswer } from './diagnosis.ts';

/** The one host of the API (2026-11-23) [O]. */
export const apiOrigin = 'https://open.tiktokapis.com';

const callTimeoutMs = 15_000;

interface Call {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
  /** How long the answer is waited for. */
  readonly timeoutMs?: number;
}

/**
 * One call, sent once: a lost answer of a refresh is a spent refresh token, so nothing here may repeat it. The path ends
 * in a slash, or TikTok answers with something else (2026-11-23) [O].
 */
export async function call(
  path: `/v2/${string}`,
  { timeoutMs = callTimeoutMs, ...init }: Call,
  context: PlatformContext,
): Promise<TiktokAnswer> {
  const response = await context.network.fetch(new URL(path, apiOrigin), {
    ...init,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    body: parseJson(text),
  };
}

/** A form to the OAuth endpoints, which spend what they are sent. */
export function postForm(
  path: `/v2/${string}`,
  fields: Readonly<Record<string, string>>,
  context: PlatformContext,
): Promise<TiktokAnswer> {
  return call(path, { method: 'POST', body: new URLSearchParams(fields), timeoutMs: longestCallMs }, context);
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
