import { setTimeout as sleep } from 'node:timers/promises';
import type { Part, RunningPart } from './part.ts';
import { endProcess, type ProcessIdentity } from './process-identity.ts';

export interface SuperviseOptions {
  /** Told of each process that starts, and null when it has ended: the next start finds leftovers by it. */
  readonly record: (name: string, identity: ProcessIdentity | null) => void;
  /** One line for a person about something unexpected. */
  readonly note: (line: string) => void;
  readonly backoff?: { readonly firstMs: number; readonly longestMs: number; readonly steadyMs: number };
}

/** Keeps parts running until they are stopped. */
export interface Supervision {
  /** Starts a part and waits until it serves; from then on it is started again whenever it ends by itself. */
  start(part: Part): Promise<void>;
  /** Ends all parts, the last started first. Nothing can be started afterwards. */
  stop(): Promise<void>;
}

interface Kept {
  readonly name: string;
  /** Spawned, but not serving yet. */
  starting: ProcessIdentity | null;
  current: RunningPart | null;
  watching: Promise<void>;
}

/** Looks after the parts of an environment. A part that fails is started again after 0.5 s, then 1 s, up to 30 s. */
export function supervise(options: SuperviseOptions): Supervision {
  const backoff = options.backoff ?? { firstMs: 500, longestMs: 30_000, steadyMs: 60_000 };
  const kept: Kept[] = [];
  const stopping = new AbortController();

  const startOnce = async (part: Part, entry: Kept): Promise<RunningPart> => {
    try {
      const running = await part.start((identity) => {
        entry.starting = identity;
        options.record(part.name, identity);
      });
      entry.current = running;
      // Stopped while it was starting: whoever stops may not have seen it.
      if (stopping.signal.aborted) await running.stop();
      return running;
    } finally {
      entry.starting = null;
    }
  };

  const watch = async (part: Part, entry: Kept, first: RunningPart): Promise<void> => {
    let running: RunningPart | null = first;
    let waitMs = backoff.firstMs;
    for (;;) {
      const startedAtMs = Date.now();
      await running?.ended;
      entry.current = null;
      if (stopping.signal.aborted) return;
      if (running !== null) options.note(`${part.name} ended by itself and is started again; see ${part.logFile}`);
      waitMs = Date.now() - startedAtMs > backoff.steadyMs ? backoff.firstMs : Math.min(waitMs * 2, backoff.longestMs);
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (aborted(stopping.signal)) return;
      running = await startOnce(part, entry).catch((error: unknown) => {
        options.note(error instanceof Error ? error.message : String(error));
        return null;
      });
    }
  };

  return {
    start: async (part) => {
      if (stopping.signal.aborted) throw new Error(`${part.name} is not started: the environment is being stopped.`);
      const entry: Kept = { name: part.name, starting: null, current: null, watching: Promise.resolve() };
      kept.push(entry);
      const running = await startOnce(part, entry);
      entry.watching = watch(part, entry, running);
    },
    stop: async () => {
      stopping.abort();
      const failures: unknown[] = [];
      for (const entry of kept.toReversed()) {
        try {
          if (entry.starting !== null) await endProcess(entry.starting, { signal: 'SIGINT', patienceMs: 5_000 });
          await entry.current?.stop();
          await entry.watching;
          options.record(entry.name, null);
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}

// Read through a function: between two looks the signal may have changed, which the compiler does not know.
function aborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
