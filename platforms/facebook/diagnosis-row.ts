import type { FailureKind } from '../../model/failure.ts';

/** One answer of the Graph API that means something, and what it means for a connection. */
export interface DiagnosisRow {
  /** `error.code`; two numbers are the first and the last of a range. Absent: any. */
  readonly code?: number | readonly [number, number];
  /** `error_subcode` (in `debug_token`: `subcode`). Absent: any. */
  readonly subcode?: number;
  /** What the message must hold; only where the codes do not tell. Absent: anything. */
  readonly message?: RegExp;
  /** Meta's own words, as far as they are known. */
  readonly sample: string;
  readonly kind: FailureKind;
  readonly cause: string;
  readonly remedy: string;
  readonly link?: string;
}

/** What ends most troubles with a user's permission. */
export const reconnect = 'Run `connector reconnect facebook` and agree again.';
