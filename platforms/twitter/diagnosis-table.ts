import type { FailureKind } from '../../model/failure.ts';
import { accountRows } from './diagnosis-account-rows.ts';
import { appRows } from './diagnosis-app-rows.ts';
import { limitRows } from './diagnosis-limit-rows.ts';
import { oauthRows } from './diagnosis-oauth-rows.ts';

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

/**
 * A 401 whose date differs from ours: a signature with a wrong time is refused without saying why [C/U], and nothing is
 * wrong with the keys.
 */
export const clockIsOff: Omit<DiagnosisRow, 'status' | 'when' | 'example'> = {
  kind: 'transient',
  code: 'clock_skew',
  cause: 'X refused the signature, and the clock of this machine is more than five minutes away from that of X.',
  remedy: 'Set the clock of this machine, best by switching on time synchronisation. The keys are not the problem.',
};

/**
 * All answers that are understood; the first that fits counts, so the narrow ones stand first.
 * https://docs.x.com/x-api/fundamentals/response-codes-and-errors (2026-11-23) [marks at each part]
 */
export const diagnosisTable: readonly DiagnosisRow[] = [...oauthRows, ...limitRows, ...appRows, ...accountRows];
