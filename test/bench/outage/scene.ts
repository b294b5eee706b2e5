import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { connect } from '../../../client/sdk/index.ts';
import type { Connector } from '../../../client/sdk/index.ts';
import { readSettings } from '../../../infra/environment/settings.ts';
import type { ConnectionFacts } from '../../../model/connection.ts';
import { refreshNow } from '../../../workflows/messages.ts';
import { judgeConnection } from '../crash/judge-trials.ts';
import type { Rig } from '../faults/rig.ts';
import type { WorkerProcess } from '../faults/worker-process.ts';

/** What one fault did. `lost` counts what nobody was told of and must be 0; `told` what only a person can mend. */
export type Row = {
  readonly fault: string;
  /** What users and the inbox saw meanwhile. */
  readonly seen: string;
  readonly lost: number;
  readonly told: number;
  /** From the end of the fault until the connection was well, or said not to be. */
  readonly recoverMs: number;
};

/** The service in a good hour: one worker, a program with the SDK, and a fault about to happen. */
export interface Scene {
  readonly rig: Rig;
  readonly worker: WorkerProcess;
  readonly connector: Connector;
  /** How long an outage lasts here. */
  readonly outageMs: number;
}

/** Opens it. */
export async function openScene(rig: Rig, outageMs: number): Promise<Scene> {
  const worker = await rig.worker();
  await worker.go();
  const connector = await connect({ settings: readSettings(rig.env) });
  return { rig, worker, connector, outageMs };
}

/** A connection that is due for a refresh, with its keeper; its access token lives for ten minutes more. */
export async function dueConnection(
  { rig }: Scene,
  owner: string,
): Promise<{ facts: ConnectionFacts; keeper: WorkflowHandle }> {
  const facts = await rig.connect(owner);
  await rig.admin.query(
    `update connector.platform_connections
     set last_refresh_at = now() - interval '110 minutes', expires_at = now() + interval '10 minutes' where id = $1`,
    [facts.id],
  );
  return { facts, keeper: await rig.keep(facts) };
}

/** Asks the keeper for a refresh and gives what came of it; `unanswered` when Temporal or a worker is away. */
export async function ask(keeper: WorkflowHandle): Promise<string> {
  return keeper.executeUpdate(refreshNow, { args: [{}] }).then(
    ({ outcome }) => outcome,
    () => 'unanswered',
  );
}

/** What a program gets for its read: `token`, or the name of the error. */
export async function readOnce({ connector }: Scene, { owner, platform }: ConnectionFacts): Promise<string> {
  return connector.getValidToken(platform, { owner }).then(
    () => 'token',
    (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
  );
}

const recoverWithinMs = 120_000;

/** Waits until the row says that the connection was refreshed, or that a person must help; how long that took. */
export async function untilRecovered({ rig }: Scene, before: ConnectionFacts): Promise<number> {
  const startedMs = Date.now();
  while (Date.now() - startedMs < recoverWithinMs) {
    const facts = await rig.store.connections.facts(before.id).catch(() => null);
    if (facts !== null && (facts.version > before.version || facts.status !== 'active')) break;
    await sleep(25);
  }
  return Date.now() - startedMs;
}

/** The row of a fault that is over, judged by the platform's own word. */
export async function rowOf(
  { rig }: Scene,
  facts: ConnectionFacts,
  row: Pick<Row, 'fault' | 'seen' | 'recoverMs'>,
): Promise<Row> {
  const verdict = await judgeConnection(rig, facts);
  const { fault, seen, recoverMs } = row;
  const told = verdict === 'toldLost' ? 1 : 0;
  const said = told === 0 ? seen : `${seen}; then needs_consent (lost_rotation) with a task in the inbox`;
  return { fault, seen: said, lost: verdict === 'silentlyLost' ? 1 : 0, told, recoverMs };
}
