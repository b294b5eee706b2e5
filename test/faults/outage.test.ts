import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRig } from '../bench/faults/rig.ts';
import type { Rig } from '../bench/faults/rig.ts';
import { postgresAway, temporalAway } from '../bench/outage/engines-away.ts';
import { silences, staysSilent } from '../bench/outage/platform-trouble.ts';
import { openScene } from '../bench/outage/scene.ts';
import type { Scene } from '../bench/outage/scene.ts';

let rig: Rig;
let scene: Scene;

beforeAll(async () => {
  rig = await startRig();
  scene = await openScene(rig, 1_000);
}, 120_000);

afterAll(async () => {
  await scene.connector.close();
  await rig.close();
}, 60_000);

test('an answer that Postgres is not there to take waits in Temporal and is saved when it comes back', async () => {
  expect(await postgresAway(scene)).toMatchObject({ lost: 0, told: 0 });
}, 60_000);

test('without Temporal fresh tokens are read on, and an expired one is refreshed once for all its readers', async () => {
  expect(await temporalAway(scene)).toMatchObject({ lost: 0, told: 0 });
}, 60_000);

test('an answer cut off after a single-use token was spent is told as a lost rotation, and read on meanwhile', async () => {
  const cut = silences.find(({ silence }) => silence['drop'] === 'after');
  expect(cut && (await staysSilent(scene, cut))).toMatchObject({ lost: 0, told: 1 });
  expect(rig.witness.sentAfterRefusal()).toBe(0);
}, 60_000);

test('an answer that comes when whoever asked has given up is still saved, and its token was under way once', async () => {
  const late = silences.find(({ silence }) => silence['delayMs'] === 25_000);
  expect(late && (await staysSilent(scene, late))).toMatchObject({ lost: 0, told: 0 });
}, 90_000);
