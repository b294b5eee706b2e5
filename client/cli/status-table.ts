import type { ConnectionReport } from '../../model/connection.ts';
import { formatInstant } from '../format-instant.ts';
import { table } from './output.ts';

export interface StatusTableOptions {
  /** The ids of the connections that somebody has paused. */
  readonly paused?: ReadonlySet<string>;
  /** How wide it may be; as wide as it gets unless given. */
  readonly columns?: number | undefined;
}

/** The connections as a person reads them. */
export function statusTable(
  reports: readonly ConnectionReport[],
  now: Date,
  { paused = new Set(), columns }: StatusTableOptions = {},
): string {
  if (reports.length === 0) return 'No connections yet. Make one with: connector connect PLATFORM';
  const isShared = reports.some(({ owner }) => owner !== 'default');
  const rows = reports.map((report) => [
    ...(isShared ? [report.owner] : []),
    report.platform,
    report.accountName ?? report.accountId ?? '–',
    statusOf(report, paused.has(report.id)),
    report.mode,
    report.scopes.map(shortScope).join('\n') || '–',
    report.status === 'revoked' || report.status === 'pending' ? '–' : formatInstant(report.expiresAt, now),
    nextRefreshOf(report, paused.has(report.id), now),
  ]);
  return table(
    [...(isShared ? ['owner'] : []), 'platform', 'account', 'status', 'mode', 'scopes', 'expires', 'next refresh'],
    rows,
    { columns },
  );
}

function statusOf({ status, statusReason, healthy }: ConnectionReport, isPaused: boolean): string {
  const isExpired = status === 'active' && !healthy;
  const said = isExpired ? 'active, but expired' : statusReason === null ? status : `${status}: ${statusReason}`;
  return isPaused ? `${said} (paused)` : said;
}

/** While it is paused nothing is refreshed ahead, only when a token is asked for. */
function nextRefreshOf({ nextRefreshAt }: ConnectionReport, isPaused: boolean, now: Date): string {
  if (nextRefreshAt === null) return '–';
  return isPaused ? 'when resumed' : formatInstant(nextRefreshAt, now);
}

/** Google's scopes are addresses; their last part tells them apart. */
function shortScope(scope: string): string {
  return scope.startsWith('https://') ? (scope.split('/').at(-1) ?? scope) : scope;
}
