import { describe, expect, it } from 'vitest';
import { quotaDay } from './quota.ts';

describe('a quota day starts at midnight Pacific', () => {
  it.each([
    ['in winter, at 08:00 UTC', '2026-11-23T07:59:59Z', '2026-11-22', '2026-11-23T08:00:00Z', '2026-11-23'],
    ['in summer, at 07:00 UTC', '2026-07-01T06:59:59Z', '2026-06-30', '2026-07-01T07:00:00Z', '2026-07-01'],
    ['on the day that summer time begins', '2027-03-14T07:59:59Z', '2027-03-13', '2027-03-14T08:00:00Z', '2027-03-14'],
    ['the day after, an hour earlier', '2027-03-15T06:59:59Z', '2027-03-14', '2027-03-15T07:00:00Z', '2027-03-15'],
    ['on the day that summer time ends', '2026-11-01T06:59:59Z', '2026-10-31', '2026-11-01T07:00:00Z', '2026-11-01'],
    ['the day after, an hour later', '2026-11-02T07:59:59Z', '2026-11-01', '2026-11-02T08:00:00Z', '2026-11-02'],
  ])('%s', (_name, before, dayBefore, after, dayAfter) => {
    expect([quotaDay(new Date(before)), quotaDay(new Date(after))]).toEqual([dayBefore, dayAfter]);
  });
});
