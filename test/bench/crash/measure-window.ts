import type { Progress } from '../runner/bench.ts';
import { quantile } from '../faults/quantile.ts';
import type { Rig } from '../faults/rig.ts';
import { refreshNow } from '../../../workflows/messages.ts';

/**
 * The only time in which a kill of the worker can cost a connection: from the last byte of the platform's answer until
 * the save is in the kernel's hands, which delivers it whatever becomes of the process. That this is its end is what the
 * kills at `afterHandover` show.
 */
export interface Window {
  /** The median. */
  readonly windowMicros: number;
  readonly windowP90Micros: number;
  /** The median until the database's word that the save is committed is back in the worker. */
  readonly savedMicros: number;
  /** How long a refresh takes from the wish to the answer; the median. */
  readonly refreshMs: number;
}

/** Measures it over refreshes in a row, with nothing else going on in the service. */
export async function measureWindow(rig: Rig, refreshes: number, progress: Progress): Promise<Window> {
  progress(`window: ${String(refreshes)} refreshes, one after the other`);
  const worker = await rig.worker();
  await worker.go();
  const died = worker.ended.then(() => Promise.reject(new Error('The worker ended while its window was measured.')));
  died.catch(() => undefined);
  const keeper = await rig.keep(await rig.connect('window'));
  const tookMs: number[] = [];
  for (let count = 0; count < refreshes; count += 1) {
    const startedMs = performance.now();
    const { outcome } = await Promise.race([keeper.executeUpdate(refreshNow, { args: [{}] }), died]);
    if (outcome !== 'refreshed') throw new Error(`A refresh without any fault ended as ${outcome}.`);
    tookMs.push(performance.now() - startedMs);
  }
  const saved = worker.told.filter((message) => message.kind === 'saved');
  await worker.stop();
  const windows = saved.map(({ windowMicros }) => windowMicros);
  const commits = saved.map(({ savedMicros }) => savedMicros);
  return {
    windowMicros: Math.round(quantile(windows, 0.5)),
    windowP90Micros: Math.round(quantile(windows, 0.9)),
    savedMicros: Math.round(quantile(commits, 0.5)),
    refreshMs: Math.round(quantile(tookMs, 0.5)),
  };
}
