import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../faults/quantile.ts';
import { mountSmallDisk } from '../faults/small-disk.ts';
import { expire } from '../storm/run-storm.ts';
import { ask, dueConnection, readOnce, rowOf, untilRecovered } from './scene.ts';
import type { Row, Scene } from './scene.ts';

/** Postgres goes when the platform has answered and nothing is saved yet: the new tokens wait sealed in Temporal. */
export async function postgresAway(scene: Scene): Promise<Row> {
  const { rig, worker, outageMs } = scene;
  const { facts, keeper } = await dueConnection(scene, 'postgres-away');
  await worker.arm('wait', 'afterCall', facts.id);
  const asked = ask(keeper);
  await worker.reached();
  await rig.postgres.stop();
  worker.release();
  const read = await readOnce(scene, facts);
  await sleep(outageMs);
  await rig.postgres.start();
  const recoverMs = await untilRecovered(scene, facts);
  const seen = `reads: ${read}; the refresh answered ${await asked}`;
  return rowOf(scene, facts, { fault: 'Postgres stopped between answer and save', seen, recoverMs });
}

/** Postgres goes before the platform is called at all. */
export async function postgresAwayBefore(scene: Scene): Promise<Row> {
  const { rig, worker, outageMs } = scene;
  const { facts, keeper } = await dueConnection(scene, 'postgres-away-before');
  await worker.arm('wait', 'beforeCall', facts.id);
  const asked = ask(keeper);
  await worker.reached();
  await rig.postgres.stop();
  worker.release();
  await sleep(outageMs);
  await rig.postgres.start();
  const recoverMs = await untilRecovered(scene, facts);
  const seen = `the refresh answered ${await asked}`;
  return rowOf(scene, facts, { fault: 'Postgres stopped between lease and call', seen, recoverMs });
}

/** The disk below the table is full when the platform has answered: the new tokens wait sealed in Temporal. */
export async function diskFull(scene: Scene): Promise<Row | null> {
  const { rig, worker, outageMs } = scene;
  const disk = await mountSmallDisk(rig);
  if (disk === null) return null;
  try {
    const { facts, keeper } = await dueConnection(scene, 'disk-full');
    await worker.arm('wait', 'afterCall', facts.id);
    const asked = ask(keeper);
    await worker.reached();
    await disk.fill(facts.id);
    worker.release();
    const read = await readOnce(scene, facts);
    await sleep(outageMs);
    await disk.free();
    const recoverMs = await untilRecovered(scene, facts);
    const seen = `reads: ${read}; the refresh answered ${await asked}`;
    const row = await rowOf(scene, facts, { fault: "the database's disk full", seen, recoverMs });
    return { ...row, lost: row.lost + (read === 'token' ? 0 : 1) };
  } finally {
    await disk.remove();
  }
}

const storm = 20;

/** Temporal goes: fresh tokens are read on, an expired one is refreshed by the reader under the same lease. */
export async function temporalAway(scene: Scene): Promise<Row> {
  const { rig, outageMs } = scene;
  const fresh = await dueConnection(scene, 'temporal-away-fresh');
  const { facts, keeper } = await dueConnection(scene, 'temporal-away');
  await ask(fresh.keeper);
  await rig.temporal.stop();
  const tookMs: number[] = [];
  const reads: string[] = [];
  for (const untilMs = Date.now() + outageMs; Date.now() < untilMs;) {
    await sleep(20);
    const startedMs = performance.now();
    reads.push(await readOnce(scene, fresh.facts));
    tookMs.push(performance.now() - startedMs);
  }
  await expire(rig, facts);
  const callsBefore = rig.witness.spendings().length;
  const inline = await Promise.all(Array.from({ length: storm }, () => readOnce(scene, facts)));
  const calls = rig.witness.spendings().length - callsBefore;
  await rig.temporal.start();
  const startedMs = Date.now();
  while ((await ask(keeper)) === 'unanswered' && Date.now() - startedMs < 60_000) await sleep(100);
  const recoverMs = Date.now() - startedMs;
  const good = (outcomes: readonly string[]): string =>
    `${String(outcomes.filter((outcome) => outcome === 'token').length)} of ${String(outcomes.length)}`;
  const seen =
    `fresh reads ${good(reads)} (p99 ${quantile(tookMs, 0.99).toFixed(1)} ms); ` +
    `reads of an expired token ${good(inline)} for ${String(calls)} call to the platform`;
  const row = await rowOf(scene, facts, { fault: 'Temporal stopped', seen, recoverMs });
  const failed = [...reads, ...inline].filter((outcome) => outcome !== 'token').length + Math.abs(calls - 1);
  return { ...row, lost: row.lost + failed };
}
