import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuotaWindow } from '../model/quota.ts';
import { windowAt, type QuotaSpan } from '../model/quota-window.ts';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const instant = fc.date({
  min: new Date('2024-01-01T00:00:00Z'),
  max: new Date('2030-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});
const billingDay = fc.integer({ min: 1, max: 31 });
// Zones whose clocks change at two in the morning, at midnight, by half an hour, and not at all.
const timeZone = fc.constantFrom(
  ...['America/Los_Angeles', 'Europe/Berlin', 'Africa/Cairo', 'Asia/Beirut', 'America/Havana', 'America/Santiago'],
  ...['Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Kiritimati', 'UTC'],
);

function on(text: string): Date {
  return new Date(text);
}

function texts({ start, end }: QuotaSpan): [string, string] {
  return [start.toISOString().slice(0, 16), end.toISOString().slice(0, 16)];
}

/** That a window holds its now, and that its neighbours touch it and are told apart at the millisecond. */
function expectTile(window: QuotaWindow, now: Date): QuotaSpan {
  const { start, end } = windowAt(window, now);
  expect(start.getTime()).toBeLessThanOrEqual(now.getTime());
  expect(end.getTime()).toBeGreaterThan(now.getTime());
  expect(windowAt(window, start)).toEqual({ start, end });
  expect(windowAt(window, new Date(end.getTime() - 1))).toEqual({ start, end });
  expect(windowAt(window, end).start).toEqual(end);
  expect(windowAt(window, new Date(start.getTime() - 1)).end).toEqual(start);
  return { start, end };
}

describe('a billing month', () => {
  it.each([
    [14, '2026-11-23T12:00:00Z', '2026-11-14T00:00', '2026-12-14T00:00'],
    [14, '2026-11-13T23:59:59Z', '2026-10-14T00:00', '2026-11-14T00:00'],
    [31, '2026-11-23T12:00:00Z', '2026-10-31T00:00', '2026-11-30T00:00'],
    [31, '2026-11-30T00:00:00Z', '2026-11-30T00:00', '2026-12-31T00:00'],
    [30, '2027-02-27T12:00:00Z', '2027-01-30T00:00', '2027-02-28T00:00'],
    [29, '2028-02-29T00:00:00Z', '2028-02-29T00:00', '2028-03-29T00:00'],
    [1, '2026-12-31T23:59:59Z', '2026-12-01T00:00', '2027-01-01T00:00'],
    [15, '2027-01-02T00:00:00Z', '2026-12-15T00:00', '2027-01-15T00:00'],
  ])('billed on day %i holds %s', (day, now, start, end) => {
    expect(texts(windowAt({ kind: 'billing_month', billingDay: day }, on(now)))).toEqual([start, end]);
  });

  it('touches its neighbours, holds its now, is 28 to 31 days long and begins on its day or the last of the month', () => {
    fc.assert(
      fc.property(billingDay, instant, (day, now) => {
        const { start, end } = expectTile({ kind: 'billing_month', billingDay: day }, now);
        const days = (end.getTime() - start.getTime()) / dayMs;
        expect([28, 29, 30, 31]).toContain(days);
        const tomorrow = new Date(start.getTime() + dayMs);
        expect(start.getUTCDate() === day || (start.getUTCDate() < day && tomorrow.getUTCDate() === 1)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([0, 32, 1.5, Number.NaN])('is refused for the day %d', (day) => {
    expect(() => windowAt({ kind: 'billing_month', billingDay: day }, new Date())).toThrow(RangeError);
  });
});

describe('a calendar day', () => {
  it.each([
    ['America/Los_Angeles', '2026-11-23T12:00:00Z', '2026-11-23T08:00', '2026-11-24T08:00'],
    ['America/Los_Angeles', '2026-03-08T20:00:00Z', '2026-03-08T08:00', '2026-03-09T07:00'],
    ['America/Los_Angeles', '2026-11-01T09:30:00Z', '2026-11-01T07:00', '2026-11-02T08:00'],
    ['UTC', '2026-11-23T23:59:59Z', '2026-11-23T00:00', '2026-11-24T00:00'],
    ['Asia/Kolkata', '2026-11-23T18:29:59Z', '2026-11-22T18:30', '2026-11-23T18:30'],
    // Cairo's clocks go from midnight to one: the day begins an hour late and has 23.
    ['Africa/Cairo', '2026-04-24T12:00:00Z', '2026-04-23T22:00', '2026-04-24T21:00'],
  ])('in %s holds %s', (zone, now, start, end) => {
    expect(texts(windowAt({ kind: 'calendar_day', timeZone: zone }, on(now)))).toEqual([start, end]);
  });

  it('touches its neighbours, holds its now and is 23 to 25 hours long in every zone', () => {
    fc.assert(
      fc.property(timeZone, instant, (zone, now) => {
        const { start, end } = expectTile({ kind: 'calendar_day', timeZone: zone }, now);
        expect([23, 23.5, 24, 24.5, 25]).toContain((end.getTime() - start.getTime()) / hourMs);
      }),
      { numRuns: 500 },
    );
  });

  it('has 23 hours once and 25 hours once a year where clocks change', () => {
    for (let year = 2024; year <= 2030; year += 1) {
      const lengths: number[] = [];
      let day = windowAt({ kind: 'calendar_day', timeZone: 'America/Los_Angeles' }, on(`${year}-01-01T12:00:00Z`));
      while (day.end < on(`${year + 1}-01-01T12:00:00Z`)) {
        lengths.push((day.end.getTime() - day.start.getTime()) / hourMs);
        day = windowAt({ kind: 'calendar_day', timeZone: 'America/Los_Angeles' }, day.end);
      }
      expect(lengths.filter((hours) => hours === 23)).toHaveLength(1);
      expect(lengths.filter((hours) => hours === 25)).toHaveLength(1);
      expect(lengths.filter((hours) => hours === 24)).toHaveLength(lengths.length - 2);
    }
  });

  it('is refused for a zone that does not exist', () => {
    expect(() => windowAt({ kind: 'calendar_day', timeZone: 'Mars/Olympus' }, new Date())).toThrow(RangeError);
  });
});

describe('a rolling window', () => {
  const window = { kind: 'rolling', lengthMs: 15 * 60_000 } as const;

  it('begins with the first use, lasts its length, and the next begins with the first use after it', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: -1_000, max: 3_600_000 }), (firstUse, laterMs) => {
        const first = windowAt(window, firstUse);
        expect(first).toEqual({ start: firstUse, end: new Date(firstUse.getTime() + window.lengthMs) });
        const now = new Date(firstUse.getTime() + laterMs);
        const then = windowAt(window, now, firstUse);
        if (laterMs < window.lengthMs) expect(then).toEqual(first);
        else expect(then).toEqual({ start: now, end: new Date(now.getTime() + window.lengthMs) });
      }),
    );
  });

  it('is refused without a length', () => {
    expect(() => windowAt({ kind: 'rolling', lengthMs: 0 }, new Date())).toThrow(RangeError);
  });
});
