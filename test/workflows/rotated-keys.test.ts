import { afterAll, beforeAll, expect, test } from 'vitest';
import { renewHistories, runningHistories } from '../../client/cli/running-histories.ts';
import { keeperId, onboardingId } from '../../model/temporal-names.ts';
import { followKeyRing } from '../../store/index.ts';
import { connectionState, pause, refreshNow } from '../../workflows/messages.ts';
import { startService } from '../service.ts';
import type { Service } from '../service.ts';
import { newKey } from '../store.ts';
import { settled, walkPortal } from './walk.ts';

const [older, newer] = [newKey('k1'), newKey('k2')];
let ring = [older];
let service: Service;

beforeAll(async () => {
  service = await startService('real', undefined, { keyRing: followKeyRing(() => ring) });
}, 120_000);
afterAll(() => service.close());

test('keepers and onboardings go on without the old key, as if nothing had been', async () => {
  const { client } = service.temporal;
  const connected = { owner: 'ann', platform: 'youtube', label: 'main' };
  await service.orchestration.startOnboarding(connected);
  const atConsent = await walkPortal(service, connected);
  await service.consent(atConsent.waitingFor?.consentLink ?? '');
  const { connectionId } = await settled(service, connected);
  const keeper = client.workflow.getHandle(keeperId(connectionId ?? ''));
  await keeper.executeUpdate(refreshNow, { args: [{}] });
  await keeper.signal(pause);
  const waiting = { owner: 'ben', platform: 'youtube', label: 'main' };
  await service.orchestration.startOnboarding(waiting);
  const before = await walkPortal(service, waiting);
  const ids = [keeperId(connectionId ?? ''), onboardingId(waiting)].toSorted();
  expect((await runningHistories(client)).map(({ workflowId }) => workflowId).toSorted()).toEqual(ids);

  ring = [newer, older];
  expect((await service.store.sealedFields.reseal()).unreadable).toEqual([]);
  expect(await renewHistories(client, 'k2', 30_000)).toEqual([]);
  const renewed = await runningHistories(client);
  expect(renewed.map(({ workflowId, keyIds }) => [workflowId, [...keyIds]])).toEqual(
    expect.arrayContaining(ids.map((id) => [id, ['k2']])),
  );

  ring = [newer];
  expect(await keeper.query(connectionState)).toMatchObject({ refreshes: 1, paused: true, status: 'active' });
  await keeper.executeUpdate(refreshNow, { args: [{}] });
  expect(await keeper.query(connectionState)).toMatchObject({ refreshes: 2 });
  expect((await settled(service, waiting)).waitingFor).toEqual(before.waitingFor);
  await service.consent(before.waitingFor?.consentLink ?? '');
  expect(await settled(service, waiting)).toMatchObject({ status: 'completed' });
}, 90_000);
