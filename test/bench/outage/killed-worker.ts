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
