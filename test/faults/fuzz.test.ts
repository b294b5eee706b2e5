import { expect, test } from 'vitest';
import { fuzz } from '../bench/fuzz/fuzz.ts';

test('whatever is sent is answered as documented, and changes nothing without authority', async () => {
  const told: string[] = [];
  const options = { inputs: 2_500, seed: Date.now() % 2 ** 31, concurrency: 12, stalls: ['head'] as const };
  const figures = await fuzz(options, (line) => told.push(line));
  // Which inputs these were is all that helps when it fails.
  expect(told.slice(1), told[0]).toEqual([]);
  expect(figures).toMatchObject({ serverErrors: 0, hangs: 0, undocumented: 0, admitted: 0, aftermath: [] });
  expect(figures.inputs).toBeGreaterThanOrEqual(options.inputs);
}, 240_000);
