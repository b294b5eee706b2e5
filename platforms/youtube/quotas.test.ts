import { expect, it } from 'vitest';
import { windowAt } from '../../model/quota-window.ts';
import { platform } from './index.ts';

it('counts uploads, searches and statistics apart from the units of everything else, by project', () => {
  const limits = Object.fromEntries(platform.quotas.map(({ bucket, limit }) => [bucket, limit]));
  expect(limits).toEqual({ uploads: 100, search: 100, units: 10_000, batch_stats: 10_000 });
  for (const { countedBy } of platform.quotas) {
    expect(platform.appFields).toContain(countedBy);
    expect(platform.readableFields).toContain(countedBy);
  }
});

it('starts anew at midnight Pacific, in winter and in summer', () => {
  for (const { window } of platform.quotas) {
    expect(windowAt(window, new Date('2026-11-23T12:00:00Z')).end).toEqual(new Date('2026-11-24T08:00:00Z'));
    expect(windowAt(window, new Date('2026-07-01T12:00:00Z')).end).toEqual(new Date('2026-07-02T07:00:00Z'));
  }
});
