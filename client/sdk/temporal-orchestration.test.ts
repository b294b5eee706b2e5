import { randomUUID } from 'node:crypto';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StepOutcome } from '../../model/portal-step.ts';
import { workflowQueue } from '../../model/temporal-names.ts';
import { createDataConverter } from '../../store/data-converter.ts';
import { parseKeyRing } from '../../store/index.ts';
import { newKey } from '../../test/store.ts';
import { startDevServer } from '../../test/temporal.ts';
import { bundleWorkflows } from '../../worker/create-workers.ts';
import { NoWorkflowError, TemporalUnreachableError, type Orchestration } from './orchestration.ts';
import { openTemporalClient } from './temporal-connection.ts';
import { createTemporalOrchestration } from './temporal-orchestration.ts';

const step = { kind: 'portal', id: 'app', title: 'App', instructions: [], link: 'https://a.example/', fields: [] };
const connectionId = randomUUID();
const key = { owner: 'ann', platform: 'toy', label: 'main' };
const keyRing = parseKeyRing([newKey('k1')]);

let server: TestWorkflowEnvironment;
let orchestration: Orchestration;
let judge: () => Promise<StepOutcome>;

async function workWhile(act: () => Promise<void>): Promise<void> {
  const { address, namespace } = server;
  const connection = await NativeConnection.connect({ address });
  const dataConverter = createDataConverter(keyRing);
  const common = { connection, namespace: namespace ?? 'default', dataConverter };
  const opened = { connectionId, steps: [step], startAt: 'app', consentLink: 'http://localhost/consent', known: [] };
  const facts = { id: connectionId, owner: 'ann', platform: 'toy', status: 'revoked' };
  const [main, toy] = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: workflowQueue,
      workflowBundle: await bundleWorkflows(),
      activities: {
        openOnboarding: () => Promise.resolve(opened),
        completeOnboarding: () => Promise.resolve({ outcome: 'connected', facts }),
        abandonOnboarding: () => Promise.resolve(),
        inspectConnection: () => Promise.resolve(null),
      },
    }),
    Worker.create({
      ...common,
      taskQueue: `${workflowQueue}-toy`,
      activities: { completePortalStep: () => judge(), revokeConnection: () => Promise.resolve() },
    }),
  ]);
  await main.runUntil(() => toy.runUntil(act));
  await connection.close();
}

beforeAll(async () => {
  server = await startDevServer();
  const { address, namespace } = server;
  const settings = { address, namespace: namespace ?? 'default' };
  orchestration = createTemporalOrchestration(openTemporalClient(settings, keyRing, {}));
});
afterAll(async () => {
  await orchestration.close();
  await server.teardown();
});

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (reason: unknown) => reason,
  );
}

describe('Temporal', () => {
  it('that is away is given up after two seconds, and its health says so', async () => {
    const away = createTemporalOrchestration(
      openTemporalClient({ address: '127.0.0.1:9', namespace: 'n' }, keyRing, {}),
    );
    const startedMs = Date.now();
    const failure = await failureOf(away.refresh({ connectionId, updateId: 'u', seenVersion: 1 }));
    expect(failure).toBeInstanceOf(TemporalUnreachableError);
    expect(Date.now() - startedMs).toBeLessThan(4_000);
    expect(await away.health()).toEqual({ temporal: 'down', worker: 'unknown' });
    await away.close();
  });

  it('without a keeper for a connection says so at once', async () => {
    const failure = await failureOf(orchestration.refresh({ connectionId: randomUUID(), updateId: 'u' }));
    expect(failure).toBeInstanceOf(NoWorkflowError);
    expect(await failureOf(orchestration.onboardingState(key))).toBeInstanceOf(NoWorkflowError);
  });

  it('without a worker is up, and takes no update', async () => {
    await orchestration.startOnboarding(key);
    expect(await orchestration.health()).toEqual({ temporal: 'up', worker: 'down' });
    expect(await failureOf(orchestration.onboardingState(key))).toBeInstanceOf(TemporalUnreachableError);
  });

  it('judges steps: slow, refused with cause and remedy, done; a second start finds the first', async () => {
    await workWhile(async () => {
      await orchestration.startOnboarding(key);
      expect(await orchestration.health()).toEqual({ temporal: 'up', worker: 'up' });
      const remedy = { cause: 'It is unknown.', remedy: 'Copy it again.', link: 'https://a.example/' };
      let answer: (outcome: StepOutcome) => void = () => undefined;
      judge = () => new Promise((resolve) => (answer = resolve));
      expect(await orchestration.completeStep(key, { step: 'app' }, 1_500)).toEqual({ outcome: 'pending' });
      answer({ outcome: 'refused', field: 'id', remedy });
      judge = () => Promise.resolve({ outcome: 'refused', field: 'id', remedy });
      const refused = await orchestration.completeStep(key, { step: 'app', values: { id: 'x' } }, 10_000);
      expect(refused).toMatchObject({ outcome: 'refused', refusal: { field: 'id', remedy } });
      judge = () => Promise.resolve({ outcome: 'done' });
      expect(await orchestration.completeStep(key, { step: 'app' }, 10_000)).toMatchObject({ outcome: 'done' });
      const other = { ...key, label: 'other' };
      await orchestration.startOnboarding(other);
      await orchestration.abandonOnboarding(other);
      expect(await failureOf(orchestration.completeStep(key, { step: 'app' }, 5_000))).toBeInstanceOf(NoWorkflowError);
      await orchestration.revoke({ id: connectionId, platform: 'toy', owner: 'ann' });
    });
  });
});
