import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRig } from '../bench/faults/rig.ts';
import type { Rig } from '../bench/faults/rig.ts';
import { runStorm } from '../bench/storm/run-storm.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
}, 120_000);

afterAll(() => rig.close(), 60_000);

test('fifty readers of one expired token in two processes cost the platform one call', async () => {
  const storm = await runStorm(rig, { readers: 50, processes: 2, workers: 2, temporal: 'all' });
  expect(storm).toMatchObject({ readers: 50, platformCalls: 1, tokens: 1, failures: 0 });
}, 120_000);

test('they cost one call also when one of the processes cannot reach Temporal and refreshes by itself', async () => {
  const storm = await runStorm(rig, { readers: 50, processes: 2, workers: 2, temporal: 'half' });
  expect(storm).toMatchObject({ readers: 50, platformCalls: 1, tokens: 1, failures: 0 });
}, 120_000);
