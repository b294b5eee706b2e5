import { z } from 'zod';
import { startRig } from './faults/rig.ts';
import { diskFull, postgresAway, postgresAwayBefore, temporalAway } from './outage/engines-away.ts';
import { oneOfTwoKilled, oneOfTwoServersKilled } from './outage/killed-processes.ts';
import { answers, answersInstead, silences, staysSilent } from './outage/platform-trouble.ts';
import { openScene, type Row, type Scene } from './outage/scene.ts';
import { BrokenPromise, defineBench } from './runner/bench.ts';

type Fault = readonly [name: string, run: (scene: Scene) => Promise<Row | null>];

// The kill comes last: it takes the scene's worker away.
const faults: readonly Fault[] = [
  ['postgres', postgresAway],
  ['postgres-before', postgresAwayBefore],
  ['disk', diskFull],
  ['temporal', temporalAway],
  ...answers.map((answer): Fault => ['answers', (scene) => answersInstead(scene, answer)]),
  ...silences.map((silence): Fault => ['silences', (scene) => staysSilent(scene, silence)]),
  ['server', oneOfTwoServersKilled],
  ['worker', oneOfTwoKilled],
];
const names = [...new Set(faults.map(([name]) => name))];

/** What users see of faults, and how soon the service is well again after each. */
export const bench = defineBench({
  name: 'outage',
  about: 'Engines and platforms that fail in the middle of a refresh: nothing is lost without being told.',
  options: z.strictObject({
    seconds: z.coerce.number().min(0.1).default(4).describe('how long an outage lasts'),
    only: z
      .enum(names)
      .optional()
      .describe(`one of ${names.join(', ')}; all unless given`),
  }),
  run: async ({ seconds, only }, progress) => {
    const rig = await startRig();
    try {
      const scene = await openScene(rig, seconds * 1_000);
      const rows: Row[] = [];
      for (const [name, fault] of faults) {
        if (only !== undefined && only !== name) continue;
        const row = await fault(scene);
        if (row === null) {
          progress(`${name}: not tried, because this user may not mount a file system`);
          continue;
        }
        progress(`${row.fault}: ${row.seen} (${String(row.recoverMs)} ms)`);
        rows.push(row);
      }
      await scene.connector.close();
      const sentAfterRefusal = rig.witness.sentAfterRefusal();
      if (rows.some(({ lost }) => lost > 0)) throw new BrokenPromise('something was lost without a word', rows);
      if (sentAfterRefusal > 0) throw new BrokenPromise('a dead refresh token was sent again', rows);
      return rows;
    } finally {
      await rig.close();
    }
  },
});
