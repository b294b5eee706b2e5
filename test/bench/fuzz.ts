import { z } from 'zod';
import { BrokenPromise, defineBench } from './runner/bench.ts';
import { fuzz } from './fuzz/fuzz.ts';

/** What becomes of inputs that nobody would send on purpose, and of those that somebody would. */
export const bench = defineBench({
  name: 'fuzz',
  about:
    'Malformed, forged and hostile inputs everywhere: each is answered as documented, and none changes what it may not.',
  options: z.strictObject({
    inputs: z.coerce.number().int().min(1).default(50_000).describe('how many are sent'),
    seed: z.coerce.number().int().optional().describe('the same seed makes the same inputs; at random unless given'),
    concurrency: z.coerce.number().int().min(1).default(12).describe('how many are under way at once'),
    only: z
      .string()
      .optional()
      .describe('areas and kinds of inputs whose name contains this, such as http; all unless given'),
  }),
  run: async (options, progress) => {
    const figures = await fuzz(
      { stalls: ['head', 'body'], ...options, seed: options.seed ?? Date.now() % 2 ** 31 },
      progress,
    );
    const { serverErrors, hangs, undocumented, admitted, aftermath } = figures;
    const broken = { 'server errors': serverErrors, hangs, 'undocumented answers': undocumented, admitted };
    const said = Object.entries(broken).flatMap(([name, count]) => (count > 0 ? [`${String(count)} ${name}`] : []));
    const promises = [...said, ...aftermath];
    if (promises.length > 0) throw new BrokenPromise(promises.join(', '), figures);
    return figures;
  },
});
