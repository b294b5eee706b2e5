import type { World } from './world.ts';

/** What was posted and read since the last billing day. */
export function thisMonth(world: World): World['kept']['month'] {
  const start = billingMonthStart(new Date(world.nowMs()), world.settings().billingDay);
  if (world.kept.month.start !== start) world.kept.month = { start, posts: 0, reads: 0 };
  return world.kept.month;
}

/** The billing day (UTC) that a month is counted from; a day that a month lacks is its last. */
function billingMonthStart(now: Date, billingDay: number): string {
  const dayIn = (year: number, month: number): number =>
    Math.min(billingDay, new Date(Date.UTC(year, month + 1, 0)).getUTCDate());
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const begun = now.getUTCDate() >= dayIn(year, month);
  const first = new Date(Date.UTC(year, begun ? month : month - 1, 1));
  const day = dayIn(first.getUTCFullYear(), first.getUTCMonth());
  return `${first.toISOString().slice(0, 8)}${String(day).padStart(2, '0')}`;
}

/** Takes money from the balance, which may go a little below zero (2026-11-23) [O]; other plans pay otherwise. */
export function charge(world: World, mills: number): void {
  if (world.settings().tier === 'pay_per_use') world.kept.creditsMills -= mills;
}
