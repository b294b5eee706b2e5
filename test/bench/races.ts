import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { runRaces } from './races/run-races.ts';
import { BrokenPromise, defineBench } from './runner/bench.ts';

/** Everybody at one connection at once, in as many orders as there is time for. */
export const bench = defineBench({
  name: 'races',
  about: 'Refresh, revocation, consent, key rotation and more at once: revocation and newest grant win, no dead row.',
  options: z.strictObject({
    runs: z.coerce.number().int().min(1).default(500).describe('races, each of other acts in another order'),
    seed: z.coerce.number().int().default(0).describe('0: another one each time; the printed one runs the same again'),
    path: z.string().optional().describe('of a race that broke a promise: only that one'),
    minutes: z.coerce.number().min(0.1).default(30).describe('no race begins later'),
  }),
  run: async ({ runs, seed, path, minutes }, progress) => {
    const chosen = seed === 0 ? randomInt(1, 2 ** 31) : seed;
    progress(`up to ${String(runs)} races from seed ${String(chosen)}`);
    const figures = await runRaces({
      ...{ seed: chosen, runs, forMs: minutes * 60_000 },
      ...(path === undefined ? {} : { path }),
    });
    if (figures.broken > 0) throw new BrokenPromise(`seed ${String(chosen)}: ${figures.failure ?? ''}`, figures);
    return figures;
  },
});
