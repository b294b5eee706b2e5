import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { ConnectionFacts } from '../../../model/connection.ts';
import { refreshNow } from '../../../workflows/messages.ts';
import type { Progress } from '../runner/bench.ts';
import type { Point } from '../faults/messages.ts';
import type { Rig } from '../faults/rig.ts';
import type { WorkerProcess } from '../faults/worker-process.ts';

/** One connection, and where in its refresh the worker was killed. */
export interface Trial {
  readonly facts: ConnectionFacts;
  readonly at: Point | 'anywhere';
}

export interface Trials {
  readonly trials: readonly Trial[];
  readonly killsMs: readonly number[];
}

// Half of the kills fall anywhere, the others at the instants where the order of things matters.
const named = ['beforeCall', 'afterCall', 'afterHandover', 'afterSave'] as const;
const places: readonly Trial['at'][] = named.flatMap((point) => ['anywhere', point] as const);
const giveUpMs = 30_000;
const insistForMs = 180_000;

/** Kills one worker a trial in the middle of that connection's refresh. What is left to mend is mended by the next ones. */
export async function killInTrials(
  rig: Rig,
  { count, refreshMs }: { count: number; refreshMs: number },
  progress: Progress,
): Promise<Trials> {
  const trials: Trial[] = [];
  for (let index = 0; index < count; index += 1) {
    const facts = await rig.connect(`trial-${String(index)}`);
    trials.push({ facts, at: places[index % places.length] ?? 'anywhere' });
  }
  const killsMs: number[] = [];
  let next = rig.worker();
  for (const [index, trial] of trials.entries()) {
    const worker = await next;
    // The next one loads meanwhile and waits; it polls once this one is dead.
    next = rig.worker();
    next.catch(() => undefined);
    await killDuringRefresh(rig, worker, trial, refreshMs);
    killsMs.push(Date.now());
    if ((index + 1) % 10 === 0) progress(`kills: ${String(index + 1)} of ${String(count)}`);
  }
  await (await next).kill();
  return { trials, killsMs };
}

async function killDuringRefresh(rig: Rig, worker: WorkerProcess, trial: Trial, refreshMs: number): Promise<void> {
  const { facts, at } = trial;
  await worker.go();
  if (at !== 'anywhere') await worker.arm('die', at, facts.id);
  const keeper = await rig.keep(facts);
  void insist(keeper, `trial-${facts.id}`);
  if (at === 'anywhere') {
    await sleep(Math.random() * 1.2 * refreshMs);
    await worker.kill();
    return;
  }
  const died = await Promise.race([worker.ended.then(() => true), sleep(giveUpMs, false, { ref: false })]);
  if (!died) throw new Error(`The refresh of ${facts.id} never came to ${at}.`);
}

/** A wish that no worker has taken yet dies with its caller's patience, so the caller asks again under the same id. */
async function insist(keeper: WorkflowHandle, updateId: string): Promise<void> {
  for (const deadline = Date.now() + insistForMs; Date.now() < deadline;) {
    const asked = keeper.startUpdate(refreshNow, { args: [{}], updateId, waitForStage: 'ACCEPTED' });
    const accepted = await asked.then(
      () => true,
      () => false,
    );
    if (accepted) return;
    await sleep(500);
  }
}
