const pacific = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
});

interface PacificHour {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
}

function pacificHour(instant: Date): PacificHour {
  const parts = pacific.formatToParts(instant);
  const read = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  return { year: read('year'), month: read('month'), day: read('day'), hour: read('hour') };
}

/**
 * When the quota day ends: the first midnight of Pacific time after `now`, which YouTube's quotas are counted by.
 * https://developers.google.com/youtube/v3/getting-started#quota (2026-11-23) [O]
 */
export function nextPacificMidnight(now: Date): Date {
  const today = pacificHour(now);
  // Midnight is 07:00 UTC in summer time and 08:00 UTC otherwise. Clocks change at two in the morning, never at
  // midnight, so exactly one of the two is it.
  const summer = new Date(Date.UTC(today.year, today.month - 1, today.day + 1, 7));
  return pacificHour(summer).hour === 0 ? summer : new Date(summer.getTime() + 60 * 60 * 1000);
}
