import type { QuotaWindow } from '../../model/quota.ts';
import { windowAt } from '../../model/quota-window.ts';

/**
 * The day that YouTube counts quotas by: from midnight to midnight Pacific time.
 * https://developers.google.com/youtube/v3/getting-started#quota (2026-11-23) [O]
 */
export const pacificDay = { kind: 'calendar_day', timeZone: 'America/Los_Angeles' } as const satisfies QuotaWindow;

/** When the quota day ends: the first midnight of Pacific time after `now`. */
export function nextPacificMidnight(now: Date): Date {
  return windowAt(pacificDay, now).end;
}
