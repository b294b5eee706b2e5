import type { QuotaWindow } from './quota.ts';

/** One window in time: from `start` until just before `end`, where the next one may begin. */
export interface QuotaSpan {
  readonly start: Date;
  readonly end: Date;
}

/**
 * The window that `now` falls in. Days and billing months follow each other without gap or overlap. A rolling one needs
 * `firstUse`, the start of the newest window: while that lasts it is the answer, even to a clock that is a little behind;
 * afterwards, or without it, a window begins now. Throws RangeError for a window that cannot be.
 */
export function windowAt(window: QuotaWindow, now: Date, firstUse?: Date): QuotaSpan {
  switch (window.kind) {
    case 'calendar_day':
      return dayAt(window.timeZone, now);
    case 'billing_month':
      return billingMonthAt(window.billingDay, now);
    case 'rolling':
      return rollingAt(window.lengthMs, now, firstUse);
  }
}

const dates = new Map<string, Intl.DateTimeFormat>();

/** The local date as `2026-11-23`, which sorts as a text. */
function localDate(timeZone: string, instantMs: number): string {
  let format = dates.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    dates.set(timeZone, format);
  }
  return format.format(instantMs);
}

// Looks for the change of date itself: where clocks change at midnight, a day may begin at one in the morning, and no
// arithmetic with hours finds that. Offsets are whole seconds at least. No day is longer than 50 hours.
function dayAt(timeZone: string, now: Date): QuotaSpan {
  const second = Math.floor(now.getTime() / 1000);
  const today = localDate(timeZone, second * 1000);
  const longest = 50 * 60 * 60;
  const start = firstSecond(second - longest, second, (at) => localDate(timeZone, at * 1000) >= today);
  const end = firstSecond(second, second + longest, (at) => localDate(timeZone, at * 1000) > today);
  return { start: new Date(start * 1000), end: new Date(end * 1000) };
}

/** The first second in (before, after] for which `holds`: it does from there on. */
function firstSecond(before: number, after: number, holds: (second: number) => boolean): number {
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function billingMonthAt(billingDay: number, now: Date): QuotaSpan {
  if (!Number.isInteger(billingDay) || billingDay < 1 || billingDay > 31) {
    throw new RangeError(`The billing day is ${billingDay}; it is a day of the month, from 1 to 31.`);
  }
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const thisMonth = billingDate(year, month, billingDay);
  if (now >= thisMonth) return { start: thisMonth, end: billingDate(year, month + 1, billingDay) };
  return { start: billingDate(year, month - 1, billingDay), end: thisMonth };
}

/** Months beyond the ends of the year are those of its neighbours, as in `Date.UTC`. */
function billingDate(year: number, month: number, billingDay: number): Date {
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(billingDay, lastDay)));
}

function rollingAt(lengthMs: number, now: Date, firstUse: Date | undefined): QuotaSpan {
  if (!(lengthMs > 0)) throw new RangeError(`The window is ${lengthMs} ms long; its length must be more than 0.`);
  const lasts = firstUse !== undefined && now.getTime() < firstUse.getTime() + lengthMs;
  const start = lasts ? firstUse : now;
  return { start, end: new Date(start.getTime() + lengthMs) };
}
