import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { keeperId, onboardingId } from '../../model/temporal-names.ts';
import { createDataConverter } from '../../store/data-converter.ts';
import { bundleWorkflows } from '../../worker/create-workers.ts';
import { connectionState, refreshNow } from '../../workflows/messages.ts';
import { startService } from '../service.ts';
import type { Service } from '../service.ts';
import { settled, walkPortal } from './walk.ts';

let service: Service;
const key = { owner: 'somebody-by-name', platform: 'youtube', label: 'main' };

beforeAll(async () => {
  service = await startService('real');
}, 120_000);
afterAll(() => service.close());

test('histories show ids, types and times, and replay with the keys', async () => {
  const { client } = service.temporal;
  await service.orchestration.startOnboarding(key);
  const atConsent = await walkPortal(service, key);
  await service.consent(atConsent.waitingFor?.consentLink ?? '');
  const { connectionId } = await settled(service, key);
  const keeper = client.workflow.getHandle(keeperId(connectionId ?? ''));
  await keeper.executeUpdate(refreshNow, { args: [{}] });
  service.simulators.faults.add({ host: 'oauth2.googleapis.com', path: '/token', status: 500, times: 1 });
  await keeper.executeUpdate(refreshNow, { args: [{}] });
  expect(await keeper.query(connectionState)).toMatchObject({ owner: key.owner, refreshes: 1 });

  const workflowIds = [onboardingId(key), keeperId(connectionId ?? '')];
  const histories = await Promise.all(workflowIds.map((id) => client.workflow.getHandle(id).fetchHistory()));
  for (const history of histories) {
    const json: unknown = proto.temporal.api.history.v1.History.fromObject(history).toJSON();
    const found = payloadsIn(json);
    expect(found.length).toBeGreaterThan(10);
    expect(new Set(found.map(({ encoding }) => encoding))).toEqual(new Set(['binary/encrypted']));
    // Nor does a failure say anything beside its payload.
    expect(JSON.stringify(json)).not.toMatch(/"stackTrace": ?"[^"]|https:|Google/);
  }

  const dataConverter = createDataConverter(service.database.keyRing);
  const workflowBundle = await bundleWorkflows();
  const recorded = histories.map((history, index) => ({ workflowId: workflowIds[index] ?? '', history }));
  for await (const { error } of Worker.runReplayHistories({ workflowBundle, dataConverter }, recorded)) {
    expect(error).toBeUndefined();
  }
}, 60_000);

const payloadSchema = z.object({ metadata: z.object({ encoding: z.string() }) });

/** Every payload of a history, but for search attributes, which Temporal has to read. */
function payloadsIn(value: unknown): { encoding: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const payload = payloadSchema.safeParse(value);
  if (payload.success) return [{ encoding: Buffer.from(payload.data.metadata.encoding, 'base64').toString() }];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'searchAttributes' ? [] : payloadsIn(inner)));
}
