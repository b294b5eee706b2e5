import { z } from 'zod';
import { dearestMonth } from './fleet/actions.ts';
import { liveInAll } from './fleet/live.ts';
import type { Life } from './fleet/live.ts';
import { worlds } from './fleet/worlds.ts';
import { BrokenPromise, defineBench } from './runner/bench.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** So long before something ends that only a person can renew, the person knows. */
const noticeDays = 7;

/** A year of every platform on skipped time: real activities, real Postgres, strict simulators, a person who is late. */
export const bench = defineBench({
  name: 'year',
  about: `A simulated year of all platforms: no minute without a valid token, ${noticeDays} days' notice for people.`,
  options: z.strictObject({
    days: z.coerce.number().int().min(1).max(3_660).default(365).describe('how many simulated days'),
  }),
  run: async ({ days }, progress) => {
    const startedMs = Date.now();
    const lives = await liveInAll(worlds, { days, countActionsOf: 'idle' }, progress);
    const figures = figuresOf(lives, { days, seconds: (Date.now() - startedMs) / 1_000 });
    const broken = brokenBy(lives);
    if (broken.length > 0) throw new BrokenPromise(broken.join(' '), figures);
    return figures;
  },
});

function figuresOf(lives: readonly Life[], of: { days: number; seconds: number }): Record<string, unknown> {
  const total = (count: (life: Life) => number): number => lives.reduce((sum, life) => sum + count(life), 0);
  const notices = lives.flatMap(({ noticesMs }) => noticesMs.filter((notice) => notice !== null));
  return {
    refreshes: total(({ refreshes }) => refreshes),
    probes: total(({ probes }) => probes),
    tasks: total(({ noticesMs }) => noticesMs.length),
    gaps: total(({ gaps }) => gaps.length),
    gapMinutes: total(minutesWithout),
    shortestNoticeDays: notices.length === 0 ? null : Math.min(...notices) / dayMs,
    consents: total(({ consents }) => consents),
    proofs: total(({ proofs }) => proofs),
    ...of,
    connections: lives.map(describe),
  };
}

function describe(life: Life): Record<string, unknown> {
  const { member, status, refreshes, probes, proofs, consents, noticesMs, gaps, actions, fromMs, untilMs } = life;
  const { platform, profile, inUse } = member;
  const use = inUse ? { proofs, gaps: gaps.length, gapMinutes: minutesWithout(life) } : {};
  const cost = inUse ? {} : { actionsOfDearestMonth: dearestMonth(actions, fromMs, untilMs)?.all ?? null };
  return { platform, profile, inUse, status, refreshes, probes, tasks: noticesMs.length, consents, ...use, ...cost };
}

function minutesWithout({ gaps }: Life): number {
  return gaps.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs), 0) / minuteMs;
}

function brokenBy(lives: readonly Life[]): string[] {
  return lives.flatMap(({ member, status, gaps, noticesMs }) => {
    const name = `${member.platform} (${member.profile}, ${member.inUse ? 'in use' : 'idle'})`;
    const [gap] = gaps;
    const isLate = noticesMs.some((notice) => notice !== null && notice < noticeDays * dayMs);
    return [
      ...(gap === undefined
        ? []
        : [`${name} had ${gaps.length} gaps, the first at ${new Date(gap.fromMs).toISOString()}.`]),
      ...(isLate ? [`${name} told its person too late.`] : []),
      ...(status === 'active' ? [] : [`${name} ended as ${status}.`]),
    ];
  });
}
