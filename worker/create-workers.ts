import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import type { WorkflowBundleWithSourceMap, NativeConnection } from '@temporalio/worker';
import type { Activities } from '../activities/index.ts';
import { platformQueue, workflowQueue } from '../model/temporal-names.ts';
import { failureConverterPath } from '../store/data-converter.ts';

/** The bundle of all workflow code, as the sandbox runs it. */
export function bundleWorkflows(): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    failureConverterPath,
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error },
  });
}

export interface WorkerPlan {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: Activities;
  readonly workflowBundle: WorkflowBundleWithSourceMap;
  /** What its clients have, or they do not understand each other. */
  readonly dataConverter: DataConverter;
  /** Platform id → calls a second that its queue lets through, over all workers. */
  readonly platforms: readonly string[];
}

/** Calls a second that one platform gets from us at most; far below every platform's own limit for token endpoints. */
const callsPerSecond = 20;

/**
 * One worker for workflows and what they ask of Postgres, and one for each platform: its queue carries the platform's
 * rate limit, so that a storm at one platform leaves the others alone.
 */
export async function createWorkers(plan: WorkerPlan): Promise<readonly Worker[]> {
  const { connection, namespace, activities, workflowBundle, dataConverter } = plan;
  const shared = { connection, namespace, activities, dataConverter, shutdownGraceTime: '10 seconds' } as const;
  const main = Worker.create({ ...shared, taskQueue: workflowQueue, workflowBundle });
  const perPlatform = plan.platforms.map((platform) =>
    Worker.create({
      ...shared,
      taskQueue: platformQueue(platform),
      maxTaskQueueActivitiesPerSecond: callsPerSecond,
    }),
  );
  return Promise.all([main, ...perPlatform]);
}
