import type { Progress } from '../runner/bench.ts';
import { quantile } from '../faults/quantile.ts';
import type { Rig } from '../faults/rig.ts';
import { refreshNow } from '../../../workflows/messages.ts';

/** The only time in which a kill can cost a connection: from the platform's answer to the commit of the save. */
export interface Window {
  /** The median, on the worker's side: from the last byte of the answer to the database's word that it is committed. */
  readonly windowMicros: number;
  readonly windowP90Micros: number;
  /** How much of the median the save takes, commit and way there and back. */
  readonly saveMicros: number;
  /** How long a refresh takes from the wish to the answer; the median. */
  readonly refreshMs: number;
}

/** Measures it over refreshes in a row, with nothing else going on in the service. */
export async function measureWindow(rig: Rig, refreshes: number, progress: Progress): Promise<Window> {
  progress(`window: ${String(refreshes)} refreshes, one after the other`);
  const worker = await rig.worker();
  await worker.go();
  const keeper = await rig.keep(await rig.connect('window'));
  const tookMs: number[] = [];
  for (let count = 0; count < refreshes; count += 1) {
    const startedMs = performance.now();
    const { outcome } = await keeper.executeUpdate(refreshNow, { args: [{}] });
    if (outcome !== 'refreshed') throw new Error(`A refresh without any fault ended as ${outcome}.`);
    tookMs.push(performance.now() - startedMs);
  }
  const saved = worker.told.filter((message) => message.kind === 'saved');
  await worker.stop();
  const windows = saved.map(({ windowMicros }) => windowMicros);
  return {
    windowMicros: Math.round(quantile(windows, 0.5)),
    windowP90Micros: Math.round(quantile(windows, 0.9)),
    saveMicros: Math.round(
      quantile(
        saved.map(({ saveMicros }) => saveMicros),
        0.5,
      ),
    ),
    refreshMs: Math.round(quantile(tookMs, 0.5)),
  };
}
