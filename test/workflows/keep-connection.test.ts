import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KeeperRequest } from '../../model/keeper.ts';
import { keeperId, platformQueue, workflowQueue } from '../../model/temporal-names.ts';
import { bundleWorkflows } from '../../worker/create-workers.ts';
import { connectionState, pause, reconnected, refreshNow, resume, revoke } from '../../workflows/messages.ts';
import { startTimeSkippingServer } from '../temporal.ts';
import { ScriptedKeeper, scriptedActivities } from './scripted-keeper.ts';

const days = 24 * 3_600_000;
const scripts = new Map<string, ScriptedKeeper>();
let server: TestWorkflowEnvironment;
let workers: readonly Worker[];
let running: Promise<unknown>;

beforeAll(async () => {
  const [environment, workflowBundle] = await Promise.all([startTimeSkippingServer(), bundleWorkflows()]);
  server = environment;
  const { nativeConnection: connection } = server;
  const shared = { connection, workflowBundle, activities: scriptedActivities(scripts) };
  const queues = [workflowQueue, platformQueue('youtube')];
  workers = await Promise.all(queues.map((taskQueue) => Worker.create({ ...shared, taskQueue })));
  running = Promise.all(workers.map((worker) => worker.run()));
}, 120_000);

afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await running;
  await server.teardown();
});

/** Runs one keeper over a script; the workflow is stopped at the end, whatever it is doing. */
async function keeping(script: ScriptedKeeper, story: (keeper: WorkflowHandle) => Promise<void>): Promise<void> {
  const connectionId = String(scripts.size);
  scripts.set(connectionId, script);
  const request: KeeperRequest = { connectionId, platform: 'youtube', owner: 'default' };
  const keeper = await server.client.workflow.start('keepConnection', {
    workflowId: keeperId(connectionId),
    taskQueue: workflowQueue,
    args: [request],
  });
  try {
    await story(keeper);
  } finally {
    await keeper.terminate().catch(() => undefined);
  }
}

test('a connection in use has a living token at every moment of ten days', async () => {
  const script = new ScriptedKeeper();
  await keeping(script, async (keeper) => {
    await server.sleep(10 * days);
    const gaps = script.refreshes.slice(1).map((at, index) => at.getTime() - (script.refreshes[index]?.getTime() ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(script.lifetimeMs);
    expect(script.refreshes.length).toBeGreaterThanOrEqual(10 * 24);
    const state = await keeper.query(connectionState);
    expect(state.refreshes).toBe(script.refreshes.length);
    expect(state.recent).toHaveLength(20);
  });
});

test('its counters survive continue-as-new', async () => {
  const script = new ScriptedKeeper();
  script.lifetimeMs = 20 * 60_000;
  await keeping(script, async (keeper) => {
    await server.sleep(8 * days);
    const { runId, raw } = await keeper.describe();
    expect(runId).not.toBe(raw.workflowExecutionInfo?.firstRunId);
    expect((await keeper.query(connectionState)).refreshes).toBe(script.refreshes.length);
  });
}, 60_000);

test('an idle connection costs one look a lifetime and then one refresh a week', async () => {
  const script = new ScriptedKeeper();
  script.inUse = false;
  await keeping(script, async () => {
    await server.sleep(28 * days);
    expect(script.refreshes.length).toBeGreaterThanOrEqual(3);
    expect(script.refreshes.length).toBeLessThanOrEqual(4);
    expect(script.requests.length).toBeLessThanOrEqual(10);
  });
});

test('a blip is tried again, later and later, and heals by itself', async () => {
  const script = new ScriptedKeeper();
  script.failure = { kind: 'transient', code: 'http_503', cause: 'Google is down.', remedy: 'Wait.' };
  await keeping(script, async (keeper) => {
    await server.sleep(0.25 * days);
    const failed = await keeper.query(connectionState);
    expect(failed.status).toBe('active');
    expect(failed.failuresInARow).toBeGreaterThan(10);
    expect(failed.failuresInARow).toBeLessThan(40);
    script.failure = null;
    await server.sleep(20 * 60_000);
    const healed = await keeper.query(connectionState);
    expect(healed.failuresInARow).toBe(0);
    expect(script.refreshes).not.toHaveLength(0);
  });
});

test('a rate-limited refresh waits for as long as the platform says', async () => {
  const script = new ScriptedKeeper();
  await keeping(script, async (keeper) => {
    await server.sleep(60_000);
    const now = await server.currentTimeMs();
    const retryAt = new Date(now + 0.5 * days).toISOString();
    script.failure = { kind: 'rate_limited', code: '429', cause: 'Too many.', remedy: 'Wait.', retryAt };
    await server.sleep(0.4 * days);
    expect(script.requests).toHaveLength(1);
    script.failure = null;
    await server.sleep(0.2 * days);
    expect(script.refreshes.length).toBeGreaterThan(0);
    expect((await keeper.query(connectionState)).failuresInARow).toBe(0);
  });
});

test('a dead grant is left alone until somebody consents again', async () => {
  const script = new ScriptedKeeper();
  await keeping(script, async (keeper) => {
    await server.sleep(60_000);
    script.failure = { kind: 'needs_consent', code: 'invalid_grant', cause: 'Revoked.', remedy: 'Consent again.' };
    await server.sleep(30 * days);
    expect(script.requests).toHaveLength(1);
    expect((await keeper.query(connectionState)).status).toBe('needs_consent');
    script.failure = null;
    await keeper.signal(reconnected);
    await server.sleep(1 * days);
    expect((await keeper.query(connectionState)).status).toBe('active');
    expect(script.refreshes.length).toBeGreaterThan(20);
  });
});

test('an answer that Postgres could not take is saved as soon as Postgres is back', async () => {
  const script = new ScriptedKeeper();
  script.unsavedOnce = true;
  script.databaseDownTimes = 12;
  await keeping(script, async (keeper) => {
    const asked = await keeper.startUpdate(refreshNow, { args: [{}], waitForStage: 'ACCEPTED' });
    await server.sleep(0.5 * days);
    expect((await asked.result()).outcome).toBe('refreshed');
    expect(script.saves).toBe(1);
    expect((await keeper.query(connectionState)).recent).toContainEqual(
      expect.objectContaining({ act: 'save', outcome: 'saved' }),
    );
  });
});

test('fifty who ask at the same time for the version they saw cost one refresh', async () => {
  const script = new ScriptedKeeper();
  await keeping(script, async (keeper) => {
    const ask = (): Promise<unknown> => keeper.executeUpdate(refreshNow, { args: [{ seenVersion: 1 }] });
    await Promise.all(Array.from({ length: 50 }, ask));
    expect(script.refreshes).toHaveLength(1);
  });
});

test('a lease that somebody else holds is waited for, not fought over', async () => {
  const script = new ScriptedKeeper();
  script.heldOnce = true;
  await keeping(script, async (keeper) => {
    const answer = await keeper.executeUpdate(refreshNow, { args: [{}] });
    expect(answer.outcome).toBe('held');
    await server.sleep(29_000);
    expect(script.requests).toHaveLength(1);
  });
});

test('a paused connection refreshes only when asked, and goes on when resumed', async () => {
  const script = new ScriptedKeeper();
  await keeping(script, async (keeper) => {
    await keeper.signal(pause);
    await server.sleep(2 * days);
    expect(script.refreshes).toHaveLength(0);
    await keeper.executeUpdate(refreshNow, { args: [{}] });
    expect(script.refreshes).toHaveLength(1);
    await keeper.signal(resume);
    await server.sleep(1 * days);
    expect(script.refreshes.length).toBeGreaterThan(20);
  });
});

test('a revoked connection ends its keeper, and nothing is refreshed after', async () => {
  const script = new ScriptedKeeper();
  await keeping(script, async (keeper) => {
    await keeper.signal(revoke);
    await keeper.result();
    expect(script.revoked).toBe(true);
    expect(script.refreshes).toHaveLength(0);
  });
});
