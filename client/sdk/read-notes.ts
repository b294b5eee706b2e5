import type { ConnectionFacts } from '../../model/connection.ts';
import type { Store } from '../../store/store.ts';

/** Marks connections as in use, so that they are refreshed ahead. */
export interface ReadNotes {
  /** Notes a read, at most once an hour and connection; nobody waits for it, and its failure is nobody's. */
  note(facts: ConnectionFacts): void;
  /** Resolves once the notes under way are written, so that a short-lived program does not lose them. */
  settled(): Promise<void>;
}

const everyMs = 60 * 60_000;

/** Keeps in memory what this process has noted. */
export function createReadNotes(store: Store): ReadNotes {
  const notedAtMs = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  return {
    note: ({ id, lastReadAt }) => {
      const nowMs = Date.now();
      const noted = notedAtMs.get(id) ?? (lastReadAt === null ? null : Date.parse(lastReadAt));
      if (noted !== null && nowMs - noted < everyMs) return;
      notedAtMs.set(id, nowMs);
      const writing: Promise<void> = store.connections
        .noteRead(id)
        .catch(() => undefined)
        .finally(() => underWay.delete(writing));
      underWay.add(writing);
    },
    settled: async () => {
      await Promise.all(underWay);
    },
  };
}
