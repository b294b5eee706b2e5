import { setTimeout as sleep } from 'node:timers/promises';
import { startServerProcess } from '../faults/server-process.ts';
import { expire } from '../storm/run-storm.ts';
import { ask, dueConnection, readOnce, rowOf, untilRecovered } from './scene.ts';
import type { Row, Scene } from './scene.ts';

/** Two workers share the queue; the one that holds the lease is killed before its call, and the other one goes on. */
export async function oneOfTwoKilled(scene: Scene): Promise<Row> {
  const { rig, worker } = scene;
  const other = await rig.worker();
  await other.go();
  const { facts, keeper } = await dueConnection(scene, 'one-of-two');
  const both = [worker, other];
  for (const one of both) await one.arm('wait', 'beforeCall', facts.id);
  const asked = ask(keeper);
  const holder = await Promise.race(both.map((one) => one.reached().then(() => one)));
  await holder.kill();
  // The survivor goes on as if nothing had been asked of it.
  for (const one of both.filter((one) => one !== holder)) await one.arm('wait', 'beforeCall', 'nobody');
  const read = await readOnce(scene, facts);
  const recoverMs = await untilRecovered(scene, facts);
  const seen = `reads: ${read}; the refresh answered ${await asked}`;
  return rowOf(scene, facts, { fault: 'one of two workers killed with the lease in hand', seen, recoverMs });
}

const callers = 20;

/** Two servers are asked for one expired token, and one is killed while the platform thinks about it. */
export async function oneOfTwoServersKilled(scene: Scene): Promise<Row> {
  const { rig } = scene;
  const [killed, other] = await Promise.all([startServerProcess(rig), startServerProcess(rig)]);
  try {
    const { facts } = await dueConnection(scene, 'one-of-two-servers');
    await expire(rig, facts);
    const readAt = (server: typeof other): Promise<string[]> =>
      Promise.all(Array.from({ length: callers }, () => server.read(facts.platform, facts.owner)));
    const callsBefore = rig.witness.spendings().length;
    rig.simulators.faults.add({ host: 'open.tiktokapis.com', path: '/v2/oauth/token/', delayMs: 1_500, times: 1 });
    const reads = [readAt(killed), readAt(other)] as const;
    await sleep(700);
    await killed.kill();
    const killedAt = Date.now();
    const [cut, kept] = await Promise.all(reads);
    const recoverMs = Date.now() - killedAt;
    const again = await readAt(other);
    const calls = rig.witness.spendings().length - callsBefore;
    const good = (outcomes: readonly string[]): number => outcomes.filter((outcome) => outcome === 'token').length;
    const seen =
      `callers of the other: ${String(good(kept))} of ${String(callers)}; callers of the killed one: ` +
      `${String(callers - good(cut))} cut off, ${String(good(again))} of ${String(callers)} when they asked the other; ` +
      `${String(calls)} call to the platform`;
    const row = await rowOf(scene, facts, { fault: 'one of two servers killed under its callers', seen, recoverMs });
    return { ...row, lost: row.lost + 2 * callers - good(kept) - good(again) + Math.abs(calls - 1) };
  } finally {
    await Promise.all([killed.kill(), other.kill()]);
  }
}
