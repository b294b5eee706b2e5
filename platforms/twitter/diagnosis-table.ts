import { accountRows } from './diagnosis-account-rows.ts';
import { appRows } from './diagnosis-app-rows.ts';
import { limitRows } from './diagnosis-limit-rows.ts';
import { oauthRows } from './diagnosis-oauth-rows.ts';
import type { DiagnosisRow } from './diagnosis-row.ts';

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
