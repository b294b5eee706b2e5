import { z } from 'zod';
import type { Clock } from './network.ts';
import type { SimulatorMemory } from './simulator.ts';

/** A clock that can be set forward and back; what it was moved by survives a restart. */
export interface VirtualClock extends Clock {
  advance(byMs: number): void;
  readonly offsetMs: number;
}

const rememberedOffset = z.strictObject({ offsetMs: z.int() });

/** A virtual clock that runs with `base`, ahead of or behind it by what was advanced so far. */
export function createVirtualClock(base: Clock, memory: SimulatorMemory): VirtualClock {
  const remembered = memory.keep(rememberedOffset, () => ({ offsetMs: 0 }));
  return {
    now: () => new Date(base.now().getTime() + remembered.offsetMs),
    advance: (byMs) => {
      remembered.offsetMs += byMs;
    },
    get offsetMs() {
      return remembered.offsetMs;
    },
  };
}
