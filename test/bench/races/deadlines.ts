import { mock } from 'node:test';
import { callDeadlineMs } from '../../../activities/refresh-connection.ts';
import { acting } from './turns.ts';

/** The deadlines of calls to the platform, which pass when the race wants it and not with the clock. */
export interface Deadlines {
  /** Lets the newest deadline of whoever acts pass. */
  readonly pass: () => void;
  readonly restore: () => void;
}

/** Takes over every timer that is set to the length of that deadline; all others run on. */
export function takeDeadlines(): Deadlines {
  const pending = new Map<string, () => void>();
  const original = globalThis.setTimeout;
  const timers = mock.method(globalThis, 'setTimeout', (act: () => void, ms?: number): NodeJS.Timeout => {
    const actor = acting.getStore();
    if (ms !== callDeadlineMs || actor === undefined) return original(act, ms);
    pending.set(actor, act);
    // Somebody clears it; it never fires by itself.
    return original(() => undefined, 0);
  });
  return {
    pass: () => pending.get(acting.getStore() ?? '')?.(),
    restore: () => timers.mock.restore(),
  };
}
