import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until it is so, `patienceMs` at most; answers with what it saw last. */
export async function pollUntil<T>(look: () => Promise<T>, isSo: (seen: T) => boolean, patienceMs: number): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (let pauseMs = 25; ; pauseMs = Math.min(2 * pauseMs, 500)) {
    const seen = await look();
    if (isSo(seen) || Date.now() + pauseMs > deadline) return seen;
    await sleep(pauseMs);
  }
}
