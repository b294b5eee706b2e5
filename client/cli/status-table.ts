import type { ConnectionReport } from '../../model/connection.ts';
import { formatInstant, table } from './output.ts';

/** The connections as a person reads them. */
export function statusTable(reports: readonly ConnectionReport[], now: Date): string {
  if (reports.length === 0) return 'No connections yet. Make one with: connector connect PLATFORM';
  const isShared = reports.some(({ owner }) => owner !== 'default');
  const rows = reports.map((report) => [
    ...(isShared ? [report.owner] : []),
    report.platform,
    report.accountName ?? report.accountId ?? '–',
    report.status === 'active' && !report.healthy ? 'active, but expired' : withReason(report),
    report.mode,
    report.scopes.map(shortScope).join('\n') || '–',
    report.status === 'revoked' || report.status === 'pending' ? '–' : formatInstant(report.expiresAt, now),
    report.nextRefreshAt === null ? '–' : formatInstant(report.nextRefreshAt, now),
  ]);
  return table(
    [...(isShared ? ['owner'] : []), 'platform', 'account', 'status', 'mode', 'scopes', 'expires', 'next refresh'],
    rows,
  );
}

function withReason({ status, statusReason }: ConnectionReport): string {
  return statusReason === null ? status : `${status}: ${statusReason}`;
}

/** Google's scopes are addresses; their last part tells them apart. */
function shortScope(scope: string): string {
  return scope.startsWith('https://') ? (scope.split('/').at(-1) ?? scope) : scope;
}
