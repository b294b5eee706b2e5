import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { dearestMonth } from './bench/fleet/actions.ts';
import { gapsOf } from './bench/fleet/gaps.ts';
import { liveInAll } from './bench/fleet/live.ts';
import type { Life } from './bench/fleet/live.ts';
import { worlds } from './bench/fleet/worlds.ts';

const days = 14;
const hourMs = 3_600_000;

describe(`${days} days of every platform`, () => {
  let lives: readonly Life[];
  beforeAll(async () => {
    lives = await liveInAll(worlds.slice(0, 2), { days, countActionsOf: 'idle' }, () => undefined);
  }, 120_000);

  test('pass without a moment in which a connection in use has no valid token', () => {
    const inUse = lives.filter(({ member }) => member.inUse);
    expect(inUse.map(({ member }) => member.platform)).toEqual(
      expect.arrayContaining(['facebook', 'youtube', 'twitter', 'tiktok']),
    );
    for (const { member, gaps, proofs, status } of inUse) {
      expect({ ...member, gaps, proofs, status }).toEqual({ ...member, gaps: [], proofs: days, status: 'active' });
    }
    expect(lives.reduce((sum, { refreshes }) => sum + refreshes, 0)).toBeGreaterThan(days * 50);
  });

  test('cost an idle connection a few actions and keep it all the same', () => {
    for (const { member, actions, fromMs, status } of lives.filter((life) => !life.member.inUse)) {
      expect(status).toBe('active');
      expect(actions.filter(({ atMs }) => atMs >= fromMs).length, member.profile).toBeLessThanOrEqual(40);
    }
  });
});

describe('a gap', () => {
  test('is the time between the end of one token and the next, and after the last', () => {
    const states = [
      { fromMs: 0, endsMs: 10 },
      { fromMs: 8, endsMs: 20 },
      { fromMs: 25, endsMs: 30 },
    ];
    expect(gapsOf(states, 0, 40)).toEqual([
      { fromMs: 20, toMs: 25 },
      { fromMs: 30, toMs: 40 },
    ]);
  });

  test('is also a grant that ends before its token', () => {
    const ended = { fromMs: 5, endsMs: 5 };
    expect(gapsOf([{ fromMs: 0, endsMs: null }, ended, { fromMs: 7, endsMs: null }], 0, 9)).toEqual([
      { fromMs: 5, toMs: 7 },
    ]);
  });

  test('is never there when each token comes before the last one ends, and always when one comes later', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1 }), fc.nat(10), (waits, lateBy) => {
        const startsMs = waits.reduce<number[]>((starts, wait) => [...starts, (starts.at(-1) ?? 0) + wait], [0]);
        const states = startsMs.map((fromMs, index) => ({ fromMs, endsMs: fromMs + (waits[index] ?? 1) - lateBy }));
        const gaps = gapsOf(states, 0, startsMs.at(-1) ?? 0);
        expect(gaps.length > 0).toBe(lateBy > 0);
        for (const { fromMs, toMs } of gaps) expect(toMs).toBeGreaterThan(fromMs);
      }),
    );
  });
});

test('the dearest month is the one with the most actions, kind by kind', () => {
  const day = 24 * hourMs;
  const actions = [1, 31, 32, 70].map((atDay) => ({ atMs: atDay * day, kind: atDay === 32 ? 'timers' : 'activities' }));
  expect(dearestMonth(actions, 0, 60 * day)).toEqual({ activities: 1, timers: 1, all: 2 });
  expect(dearestMonth(actions, 0, 29 * day)).toBeNull();
});
