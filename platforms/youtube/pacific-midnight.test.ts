import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextPacificMidnight } from './pacific-midnight.ts';

const hourMs = 60 * 60 * 1000;
const wallClock = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/Los_Angeles', timeStyle: 'medium' });

it.each([
  ['in winter', '2026-11-23T12:00:00Z', '2026-11-24T08:00:00Z'],
  ['in summer', '2026-07-01T12:00:00Z', '2026-07-02T07:00:00Z'],
  ['on the day that loses an hour', '2026-03-08T08:00:00Z', '2026-03-09T07:00:00Z'],
  ['on the day that gains an hour', '2026-11-01T07:00:00Z', '2026-11-02T08:00:00Z'],
  ['within the hour that comes twice', '2026-11-01T09:30:00Z', '2026-11-02T08:00:00Z'],
  ['at midnight itself', '2026-11-24T08:00:00Z', '2026-11-25T08:00:00Z'],
  ['at the turn of a year', '2026-12-31T23:00:00Z', '2027-01-01T08:00:00Z'],
  ['in a leap year', '2028-02-28T20:00:00Z', '2028-02-29T08:00:00Z'],
])('finds the end of the quota day %s', (_when, now, midnight) => {
  expect(nextPacificMidnight(new Date(now)).toISOString()).toBe(new Date(midnight).toISOString());
});

it('is always the first midnight of Pacific time, at most 25 hours ahead', () => {
  const instant = fc.date({ min: new Date('2007-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(instant, (now) => {
      const midnight = nextPacificMidnight(now);
      const aheadMs = midnight.getTime() - now.getTime();
      expect(wallClock.format(midnight)).toBe('00:00:00');
      expect(aheadMs).toBeGreaterThan(0);
      expect(aheadMs).toBeLessThanOrEqual(25 * hourMs);
      // No other midnight lies between: the same one is found from just before it.
      expect(nextPacificMidnight(new Date(midnight.getTime() - 1))).toEqual(midnight);
      expect(nextPacificMidnight(midnight).getTime() - midnight.getTime()).toBeGreaterThanOrEqual(23 * hourMs);
    }),
    { numRuns: 500 },
  );
});
