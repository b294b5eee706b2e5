import { expect, test } from 'vitest';
import { bench } from '../bench/canary.ts';

test('no secret of a connection stands anywhere but in the sealed fields, whatever happened to it', async () => {
  // Throws with the place and the name of what was found.
  const figures = await bench.run({ only: 'youtube' }, () => undefined);
  expect(figures).toMatchObject({ hits: 0 });
}, 300_000);
