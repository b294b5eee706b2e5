import type { FailureKind } from '../../model/failure.ts';

/** One answer of X that means something, and what it means for a connection. */
export interface DiagnosisRow {
  /** The documented HTTP status. */
  readonly status: number;
  /** What the answer must say; all that is given must fit. */
  readonly when: {
    /** The last part of `type`: `…/problems/credits`. */
    readonly problem?: string;
    readonly title?: string;
    readonly reason?: string;
    /** A code in `errors`. */
    readonly error?: number;
    /** `error` of an OAuth 2.0 answer. */
    readonly oauth?: string;
    /** Part of a detail, description or message, in lower case. */
    readonly says?: string;
    /** Where the status is not certain, it is not compared. */
    readonly anyStatus?: true;
  };
  readonly kind: FailureKind;
  /** The connector's word for it: X's own where X has one. */
  readonly code: string;
  readonly cause: string;
  readonly remedy: string;
  readonly link?: string;
  /** Where the end of a limit stands; nowhere unless said. */
  readonly until?: 'reset-header';
  /** The answer as it was seen or documented. */
  readonly example: unknown;
}
