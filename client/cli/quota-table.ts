import { unlimited } from '../../model/quota.ts';
import type { QuotaState } from '../../model/quota.ts';
import { formatInstant } from '../format-instant.ts';
import { table } from './output.ts';

/** The quotas as a person reads them. */
export function quotaTable(states: readonly QuotaState[], now: Date): string {
  if (states.length === 0) return 'Nothing is counted: no connection has a quota.';
  const rows = states.map((state) => [
    state.platform,
    countedFor(state),
    state.unit === state.bucket ? state.bucket : `${state.bucket}\n(${state.unit})`,
    String(state.used),
    String(state.reserved),
    amount(state.limit),
    amount(state.remaining),
    formatInstant(state.resetsAt, now),
  ]);
  return table(['platform', 'account', 'bucket', 'used', 'reserved', 'limit', 'remaining', 'resets'], rows);
}

const shown = 3;

function countedFor({ countedFor: whose, accounts }: QuotaState): string {
  const names = accounts.slice(0, shown).join(', ');
  const more = accounts.length > shown ? ` and ${String(accounts.length - shown)} more` : '';
  return whose === 'app' ? `app of ${names}${more}` : `${names}${more}`;
}

function amount(count: number): string {
  return count >= unlimited ? 'no limit' : String(count);
}
