import { z } from 'zod';

/** The instants of a refresh at which a worker of ours can be told to die or to wait. */
export const points = ['beforeCall', 'afterCall', 'afterHandover', 'afterSave', 'afterVerdict'] as const;
export const point = z.enum(points);
export type Point = z.infer<typeof point>;

/** What a worker is told over its channel. */
export const toWorker = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('go') }),
  z.object({ kind: z.literal('arm'), point, act: z.enum(['die', 'wait']), connectionId: z.string() }),
  z.object({ kind: z.literal('release') }),
]);
export type ToWorker = z.infer<typeof toWorker>;

/** What a worker tells. */
export const fromWorker = z.discriminatedUnion('kind', [
  /** Everything is loaded; it polls once it is told to go. */
  z.object({ kind: z.literal('loaded') }),
  z.object({ kind: z.literal('polling') }),
  z.object({ kind: z.literal('armed') }),
  z.object({ kind: z.literal('reached'), point }),
  /** How long the platform's answer was there before its save had left this process, and before it was committed. */
  z.object({ kind: z.literal('saved'), windowMicros: z.number(), savedMicros: z.number() }),
  /** A call that spends a refresh token began or ended, as the worker sees it. */
  z.object({ kind: z.literal('call'), state: z.enum(['open', 'closed']), token: z.string(), atMs: z.number() }),
]);
export type FromWorker = z.infer<typeof fromWorker>;
