import { z } from 'zod';

/** What a reader is told: how many reads to make at once. */
export const toReader = z.object({ reads: z.number() });

/** What it answers; tokens by their fingerprint, failures by the name of their error. */
export const reading = z.object({
  tookMs: z.array(z.number()),
  tokens: z.array(z.string()),
  failures: z.array(z.string()),
});
export type Reading = z.infer<typeof reading>;
