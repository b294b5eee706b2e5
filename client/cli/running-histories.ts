import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { sealingKeyOf } from '../../store/payload-codec.ts';
import { startAnew } from '../../workflows/messages.ts';

/** A workflow that runs, and the keys without which its history cannot be read, nor the workflow go on. */
export interface RunningHistory {
  readonly workflowId: string;
  readonly runId: string;
  readonly keyIds: ReadonlySet<string>;
}

const atATime = 8;
const lookAgainMs = 500;
const answersWithinMs = 3_000;

/** Reads the history of every workflow that runs. */
export async function runningHistories(client: Client): Promise<RunningHistory[]> {
  const running: { workflowId: string; runId: string }[] = [];
  for await (const one of client.workflow.list({ query: "ExecutionStatus = 'Running'" })) running.push(one);
  const histories: RunningHistory[] = [];
  for (let from = 0; from < running.length; from += atATime) {
    const some = running
      .slice(from, from + atATime)
      .map(({ workflowId, runId }) => readHistory(client, workflowId, runId));
    histories.push(...(await Promise.all(some)).filter((history) => history !== null));
  }
  return histories;
}

/**
 * Asks workflows whose history needs another key than `newest` to begin a new one, and waits for them. Gives those that
 * still need an older key when the patience is over: what they are doing takes longer.
 */
export async function renewHistories(client: Client, newest: string, patienceMs: number): Promise<RunningHistory[]> {
  const asked = new Set<string>();
  const endsAt = Date.now() + patienceMs;
  for (;;) {
    const older = (await runningHistories(client)).filter(({ keyIds }) => [...keyIds].some((id) => id !== newest));
    if (older.length === 0 || Date.now() > endsAt) return older;
    for (const { workflowId, runId } of older.filter((one) => !asked.has(one.runId))) {
      asked.add(runId);
      try {
        await client.workflow.getHandle(workflowId, runId).signal(startAnew);
      } catch (error) {
        ifGone(error);
      }
    }
    await sleep(lookAgainMs);
  }
}

/** Null when it has ended meanwhile and is gone. */
async function readHistory(client: Client, workflowId: string, runId: string): Promise<RunningHistory | null> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory().catch(ifGone);
  return history === null ? null : { workflowId, runId, keyIds: new Set(keyIdsIn(history)) };
}

function* keyIdsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (isPayload(value)) {
    const keyId = sealingKeyOf(value);
    if (keyId !== null) yield keyId;
    return;
  }
  for (const inner of Object.values(value)) yield* keyIdsIn(inner);
}

function isPayload(value: object): value is { metadata: Record<string, Uint8Array> } {
  if (!('metadata' in value) || typeof value.metadata !== 'object' || value.metadata === null) return false;
  return Object.values(value.metadata).every((entry) => entry instanceof Uint8Array) && 'data' in value;
}

/** What comes of asking Temporal; null when it does not answer. */
export async function unlessAway<Answer>(
  client: Client,
  ask: (client: Client) => Promise<Answer>,
): Promise<Answer | null> {
  try {
    // Asked first with a deadline, because everything else waits for it much longer.
    await client.withDeadline(Date.now() + answersWithinMs, () => client.workflowService.getSystemInfo({}));
    return await ask(client);
  } catch (error) {
    if (error instanceof ServiceError || isGrpcServiceError(error)) return null;
    throw error;
  }
}

function ifGone(error: unknown): null {
  if (error instanceof WorkflowNotFoundError) return null;
  throw error;
}
