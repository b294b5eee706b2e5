import { quotaExceeded, uploadsExceeded } from './api-error.ts';
import type { World } from './world.ts';

/**
 * What a project may use in a day. https://developers.google.com/youtube/v3/determine_quota_cost (checked 2026-11-23 [O];
 * separate bucket for uploads since 2026-06-01 [O])
 */
const uploadsPerDay = 100;
const unitsPerDay = 10_000;

const pacificDate = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles' });

/** The day (YYYY-MM-DD) in which an instant falls for quotas: they start anew at midnight Pacific, summer and winter. */
export function quotaDay(instant: Date): string {
  return pacificDate.format(instant);
}

/** What was used today, from zero again when a new day began. */
export function quotaToday(world: World): { day: string; uploads: number; units: number } {
  const day = quotaDay(new Date(world.nowMs()));
  if (world.kept.quota.day !== day) world.kept.quota = { day, uploads: 0, units: 0 };
  return world.kept.quota;
}

/** Takes units from the common bucket. Throws 403 `quotaExceeded` when there are too few left. */
export function spendUnits(world: World, units: number): void {
  const quota = quotaToday(world);
  if (quota.units + units > unitsPerDay) throw quotaExceeded();
  quota.units += units;
}

/**
 * Takes one of the day's uploads, from a bucket of their own. Throws 429 `rateLimitExceeded` when none is left. Whether
 * Google counts a session that is started and never filled is not known [U]; here it counts.
 */
export function spendUpload(world: World): void {
  const quota = quotaToday(world);
  if (quota.uploads + 1 > uploadsPerDay) throw uploadsExceeded(world.kept.projectNumber);
  quota.uploads += 1;
}
