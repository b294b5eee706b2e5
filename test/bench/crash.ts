import { z } from 'zod';
import { BrokenPromise, defineBench } from './runner/bench.ts';
import { judgeTrials } from './crash/judge-trials.ts';
import { measureWindow } from './crash/measure-window.ts';
import { killInTrials } from './crash/trials.ts';
import { startRig } from './faults/rig.ts';

const widestMicros = 1_500;

/** What a SIGKILL of the worker in the middle of a refresh costs, with refresh tokens that work once. */
export const bench = defineBench({
  name: 'crash',
  about:
    'Kills the worker in refreshes of single-use tokens: a connection stays intact or its loss is told, never silent.',
  options: z.strictObject({
    trials: z.coerce.number().int().min(0).default(200).describe('connections, each refreshed under one kill'),
    refreshes: z.coerce.number().int().min(1).default(250).describe('refreshes without a kill, to measure the window'),
  }),
  run: async ({ trials: count, refreshes }, progress) => {
    const rig = await startRig();
    try {
      const { windowMicros, refreshMs, ...window } = await measureWindow(rig, refreshes, progress);
      const { trials, killsMs } = await killInTrials(rig, { count, refreshMs }, progress);
      const verdicts = await judgeTrials(rig, trials, progress);
      const sentAfterRefusal = rig.witness.sentAfterRefusal(killsMs);
      const figures = { trials: count, ...verdicts, windowMicros, ...window, sentAfterRefusal };
      if (verdicts.silentlyLost > 0) throw new BrokenPromise('a connection was lost without a word', figures);
      if (verdicts.undoneHandovers > 0) throw new BrokenPromise('a save was undone after its handover', figures);
      if (sentAfterRefusal > 0) throw new BrokenPromise('a dead refresh token was sent again', figures);
      if (windowMicros > widestMicros) throw new BrokenPromise('the window of a loss is too wide', figures);
      return figures;
    } finally {
      await rig.close();
    }
  },
});
