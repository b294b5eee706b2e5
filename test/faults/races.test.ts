import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { runRaces } from '../bench/races/run-races.ts';

// More of them, or the same again: RACES_RUNS=5000 RACES_SEED=1 npm test -- faults/races
const { RACES_RUNS: runs, RACES_SEED: seed } = process.env;
const forMs = runs === undefined ? 20_000 : 60 * 60_000;

test(
  'whoever acts on one connection at once, in whatever order: revocation and newest grant win, and no row is dead',
  async () => {
    const races = await runRaces({ seed: Number(seed ?? randomInt(1, 2 ** 31)), runs: Number(runs ?? 300), forMs });
    expect(races.failure).toBeNull();
    expect(races.interleavings).toBeGreaterThan(races.runs / 2);
  },
  forMs + 60_000,
);
