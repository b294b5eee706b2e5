import { expect, test } from 'vitest';
import { startRig } from '../bench/faults/rig.ts';
import { runStorm } from '../bench/storm/run-storm.ts';

test('fifty readers of one expired token in two processes cost the platform one call', async () => {
  const rig = await startRig();
  try {
    const storm = await runStorm(rig, { readers: 50, processes: 2 });
    expect(storm).toMatchObject({ readers: 50, platformCalls: 1, tokens: 1, failures: 0 });
  } finally {
    await rig.close();
  }
}, 120_000);
