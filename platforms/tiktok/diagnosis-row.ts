import type { FailureKind } from '../../model/failure.ts';

/** One word of TikTok's that means something, and what it means for a connection. */
export interface DiagnosisRow {
  /** `oauth`: a flat `error` · `api`: `error.code` of the envelope · `post`: `fail_reason` of a post's status. */
  readonly source: 'oauth' | 'api' | 'post';
  /** The status it is seen with; it decides nothing. */
  readonly status: number;
  readonly code: string;
  readonly kind: FailureKind;
  readonly cause: string;
  readonly remedy: string;
  readonly link?: string;
  /** How long a limit lasts at most. */
  readonly limitMs?: number;
}

export const appsPage = 'https://developers.tiktok.com/apps';
export const reconnect = 'Run `connector reconnect tiktok` and agree again.';
export const nothingToDo = 'Nothing to do: the connector tries again by itself.';
export const minuteMs = 60_000;
export const dayMs = 24 * 60 * minuteMs;
