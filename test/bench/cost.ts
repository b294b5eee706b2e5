import { z } from 'zod';
import { dearestMonth } from './fleet/actions.ts';
import type { Month } from './fleet/actions.ts';
import { liveInAll } from './fleet/live.ts';
import type { Life } from './fleet/live.ts';
import { hourlyWorld, worlds } from './fleet/worlds.ts';
import type { Member } from './fleet/worlds.ts';
import { BrokenPromise, defineBench } from './runner/bench.ts';

const idleLimit = 40;
const hourlyLimit = 1_700;

/** What it costs Temporal to keep a connection, counted in the histories of connections that lived through it. */
export const bench = defineBench({
  name: 'cost',
  about: `Workflow actions in the dearest month: at most ${idleLimit} of an idle connection, ${hourlyLimit} of one refreshed hourly.`,
  options: z.strictObject({
    days: z.coerce.number().int().min(30).max(3_660).default(90).describe('how many simulated days'),
  }),
  run: async ({ days }, progress) => {
    const lives = await liveInAll([...worlds, hourlyWorld], { days, countActionsOf: 'all' }, progress);
    const months = lives.map(({ member, ...life }) => ({ member, month: monthOf(life) }));
    const idle = dearest(months, ({ inUse }) => !inUse);
    const hourly = dearest(months, (member) => hourlyWorld.members.includes(member));
    const connections = months.map(({ member: { platform, profile, inUse }, month }) => ({
      ...{ platform, profile, inUse },
      ...month,
    }));
    const figures = { idle, idleLimit, hourly, hourlyLimit, days, connections };
    const broken = [
      ...(idle > idleLimit ? [`An idle connection cost ${idle} actions in a month, more than ${idleLimit}.`] : []),
      ...(hourly > hourlyLimit ? [`One refreshed hourly cost ${hourly} actions, more than ${hourlyLimit}.`] : []),
    ];
    if (broken.length > 0) throw new BrokenPromise(broken.join(' '), figures);
    return figures;
  },
});

function monthOf({ actions, fromMs, untilMs }: Pick<Life, 'actions' | 'fromMs' | 'untilMs'>): Month {
  const month = dearestMonth(actions, fromMs, untilMs);
  if (month === null) throw new Error('The connections lived for less than a month.');
  return month;
}

function dearest(
  months: readonly { readonly member: Member; readonly month: Month }[],
  which: (member: Member) => boolean,
): number {
  return Math.max(...months.filter(({ member }) => which(member)).map(({ month }) => month.all));
}
