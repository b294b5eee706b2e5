import { afterAll, beforeAll, expect, test } from 'vitest';
import { refreshNow } from '../../workflows/messages.ts';
import { judgeConnection } from '../bench/crash/judge-trials.ts';
import type { Point } from '../bench/faults/messages.ts';
import { startRig } from '../bench/faults/rig.ts';
import type { Rig } from '../bench/faults/rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
}, 120_000);

afterAll(() => rig.close(), 60_000);

/** A refresh whose answer is lost on the way, and a worker that is killed as soon as the refusal of the next is noted. */
async function killAfterVerdict(): Promise<string> {
  const worker = await rig.worker();
  await worker.go();
  const facts = await rig.connect('killed-afterVerdict');
  const keeper = await rig.keep(facts);
  rig.simulators.faults.add({ host: 'open.tiktokapis.com', path: '/v2/oauth/token/', drop: 'after', times: 1 });
  expect((await keeper.executeUpdate(refreshNow, { args: [{}] })).outcome).toBe('failed');
  await worker.arm('die', 'afterVerdict', facts.id);
  await worker.ended;
  return facts.id;
}

/** A refresh during which the worker is killed at that point. */
async function killAt(point: Point): Promise<string> {
  const worker = await rig.worker();
  await worker.go();
  const facts = await rig.connect(`killed-${point}`);
  await worker.arm('die', point, facts.id);
  const keeper = await rig.keep(facts);
  keeper.startUpdate(refreshNow, { args: [{}], waitForStage: 'ACCEPTED' }).catch(() => undefined);
  await worker.ended;
  return facts.id;
}

test('a worker killed in a refresh of a single-use token loses nothing, or says at once what it lost', async () => {
  const afterVerdict = await killAfterVerdict();
  const beforeCall = await killAt('beforeCall');
  const afterCall = await killAt('afterCall');
  const afterHandover = await killAt('afterHandover');
  const afterSave = await killAt('afterSave');
  const worker = await rig.worker();
  await worker.go();
  // The lease of a dead process ends after half a minute; what it left is looked at then.
  await expect
    .poll(async () => (await rig.store.connections.facts(afterCall))?.status, { timeout: 60_000, interval: 200 })
    .toBe('needs_consent');
  expect(await judgeConnection(rig, { id: afterCall })).toBe('toldLost');
  expect(await judgeConnection(rig, { id: beforeCall })).toBe('intact');
  expect(await judgeConnection(rig, { id: afterHandover })).toBe('intact');
  expect(await judgeConnection(rig, { id: afterSave })).toBe('intact');
  await expect
    .poll(() => rig.store.tasks.list({ connectionId: afterVerdict }), { timeout: 30_000, interval: 200 })
    .toHaveLength(1);
  expect(await judgeConnection(rig, { id: afterVerdict })).toBe('toldLost');
  expect(rig.witness.sentAfterRefusal()).toBe(0);
}, 120_000);
