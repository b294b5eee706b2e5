import { z } from 'zod';
import { startRig } from './faults/rig.ts';
import { BrokenPromise, defineBench } from './runner/bench.ts';
import { reaches, runStorm } from './storm/run-storm.ts';

/** What it costs the platform when everybody wants one expired token at the same moment. */
export const bench = defineBench({
  name: 'storm',
  about: 'Many readers of one expired token, in several processes, cost the platform exactly one call.',
  options: z.strictObject({
    readers: z.coerce.number().int().min(1).default(500).describe('reads at the same moment'),
    processes: z.coerce.number().int().min(1).default(4).describe('programs that they are spread over'),
    workers: z.coerce.number().int().min(1).default(1).describe('worker processes'),
    temporal: z
      .enum(reaches)
      .default('all')
      .describe('how many of the programs reach it; the others refresh themselves'),
  }),
  run: async (options, progress) => {
    const rig = await startRig();
    try {
      progress(`${String(options.readers)} readers in ${String(options.processes)} processes`);
      const figures = await runStorm(rig, options);
      const { platformCalls, failures, tokens } = figures;
      if (platformCalls !== 1)
        throw new BrokenPromise(`the platform was called ${String(platformCalls)} times`, figures);
      if (failures > 0 || tokens !== 1) throw new BrokenPromise('not every reader got the one new token', figures);
      return figures;
    } finally {
      await rig.close();
    }
  },
});
