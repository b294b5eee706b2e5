import { z } from 'zod';
import { startRig } from './faults/rig.ts';
import { postgresAway, postgresAwayBefore, temporalAway } from './outage/engines-away.ts';
import { oneOfTwoKilled } from './outage/killed-worker.ts';
import { answers, answersInstead, silences, staysSilent } from './outage/platform-trouble.ts';
import { openScene, type Row, type Scene } from './outage/scene.ts';
import { BrokenPromise, defineBench } from './runner/bench.ts';

// The kill comes last: it takes the scene's worker away.
const faults: readonly ((scene: Scene) => Promise<Row>)[] = [
  postgresAway,
  postgresAwayBefore,
  temporalAway,
  ...answers.map((answer) => (scene: Scene) => answersInstead(scene, answer)),
  ...silences.map((silence) => (scene: Scene) => staysSilent(scene, silence)),
  oneOfTwoKilled,
];

/** What users see of faults, and how soon the service is well again after each. */
export const bench = defineBench({
  name: 'outage',
  about: 'Engines and platforms that fail in the middle of a refresh: nothing is lost without being told.',
  options: z.strictObject({
    seconds: z.coerce.number().min(0.1).default(4).describe('how long an outage lasts'),
  }),
  run: async ({ seconds }, progress) => {
    const rig = await startRig();
    try {
      const scene = await openScene(rig, seconds * 1_000);
      const rows: Row[] = [];
      for (const fault of faults) {
        const row = await fault(scene);
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
