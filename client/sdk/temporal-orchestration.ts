import { ApplicationFailure, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { z } from 'zod';
import { keeperId, onboardingId, workflowQueue } from '../../model/temporal-names.ts';
import { abandon, completeStep, onboardingState, refreshNow, revoke } from '../../workflows/messages.ts';
import type { RefreshNow } from '../../workflows/messages.ts';
import { NoWorkflowError, TemporalUnreachableError } from './orchestration.ts';
import type { OnboardingKey, Orchestration, StepJudgement } from './orchestration.ts';

/** How long Temporal may take to take a message, and a worker to look at it. */
const reachMs = 2_000;
/** How long a refresh may take that a keeper has begun: as long as its call to the platform may, and a little. */
const refreshMs = 22_000;
const startMs = 5_000;

type Bounded = <T>(act: string, workflowId: string, ms: number, call: () => Promise<T>) => Promise<T>;

/** What clients ask of Temporal, asked of a real one. `close` closes the client's connection. */
export function createTemporalOrchestration(client: Client): Orchestration {
  const bounded: Bounded = (act, workflowId, ms, call) =>
    client.withDeadline(Date.now() + ms, call).catch((error: unknown) => {
      throw toOwnError(error, act, workflowId);
    });
  return {
    ...onboardings(client, bounded),
    ...keepers(client, bounded),
    health: () => healthOf(client),
    close: async () => {
      await client.connection.close();
    },
  };
}

function keepers(client: Client, bounded: Bounded): Pick<Orchestration, 'refresh' | 'revoke'> {
  const handleOf = (workflowId: string): WorkflowHandle => client.workflow.getHandle(workflowId);
  return {
    refresh: async ({ connectionId, updateId, seenVersion }) => {
      const id = keeperId(connectionId);
      const args: [RefreshNow] = [seenVersion === undefined ? {} : { seenVersion }];
      const update = await bounded(`the refresh of connection ${connectionId}`, id, reachMs, () =>
        handleOf(id).startUpdate(refreshNow, {
          args,
          updateId,
          waitForStage: 'ACCEPTED',
        }),
      );
      return bounded(`the refresh of connection ${connectionId}`, id, refreshMs, () => update.result());
    },
    revoke: async ({ id, platform, owner }) => {
      // With start: a connection whose keeper is lost can be disconnected all the same.
      await bounded(`the revocation of connection ${id}`, keeperId(id), startMs, () =>
        client.workflow.signalWithStart('keepConnection', {
          workflowId: keeperId(id),
          taskQueue: workflowQueue,
          args: [{ connectionId: id, platform, owner }],
          signal: revoke,
          signalArgs: [],
        }),
      );
    },
  };
}

function onboardings(client: Client, bounded: Bounded): Omit<Orchestration, 'refresh' | 'revoke' | 'health' | 'close'> {
  const handleOf = (workflowId: string): WorkflowHandle => client.workflow.getHandle(workflowId);
  return {
    startOnboarding: async (request) => {
      const id = onboardingId(request);
      await bounded(`the start of ${id}`, id, startMs, () =>
        client.workflow.start('onboardConnection', {
          workflowId: id,
          taskQueue: workflowQueue,
          args: [request],
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      );
    },
    onboardingState: (key) => {
      const id = onboardingId(key);
      return bounded(`the question for ${id}`, id, startMs, () => handleOf(id).query(onboardingState));
    },
    completeStep: (key, done, patienceMs) => {
      const id = onboardingId(key);
      return judgeStep(client, key, patienceMs, async () => {
        const update = await bounded(`step ${done.step} of ${id}`, id, startMs, () =>
          handleOf(id).startUpdate(completeStep, { args: [done], waitForStage: 'ACCEPTED' }),
        );
        return update.result();
      });
    },
    abandonOnboarding: (key) => {
      const id = onboardingId(key);
      return bounded(`the end of ${id}`, id, startMs, () => handleOf(id).signal(abandon));
    },
  };
}

const notDone = z.object({
  step: z.string().optional(),
  field: z.string().optional(),
  remedy: z.object({ cause: z.string(), remedy: z.string(), link: z.string().optional() }),
});

async function judgeStep(
  client: Client,
  key: OnboardingKey,
  patienceMs: number,
  hand: () => Promise<Extract<StepJudgement, { outcome: 'done' }>['state']>,
): Promise<StepJudgement> {
  try {
    return { outcome: 'done', state: await client.withDeadline(Date.now() + patienceMs, hand) };
  } catch (error) {
    const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
    if (failure instanceof ApplicationFailure && failure.type === 'StepRefused') return refusalOf(failure);
    if (error instanceof NoWorkflowError || error instanceof TemporalUnreachableError) throw error;
    // Accepted, but not judged in time: the workflow goes on with it, and its state will tell.
    if (isTimeout(error)) return { outcome: 'pending' };
    throw toOwnError(error, 'the step', onboardingId(key));
  }
}

function refusalOf(failure: ApplicationFailure): StepJudgement {
  const parsed = notDone.safeParse(failure.details?.[0]);
  const { step, field, remedy } = parsed.success
    ? parsed.data
    : { step: undefined, field: undefined, remedy: { cause: failure.message, remedy: 'Try again.', link: undefined } };
  const { cause, remedy: act, link } = remedy;
  const said = { cause, remedy: act, ...(link === undefined ? {} : { link }) };
  return { outcome: 'refused', refusal: { step: step ?? '', field: field ?? null, remedy: said } };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowUpdateRPCTimeoutOrCancelledError';
}

function toOwnError(error: unknown, act: string, workflowId: string): Error {
  if (error instanceof WorkflowNotFoundError) return new NoWorkflowError(workflowId, { cause: error });
  if (error instanceof WorkflowUpdateFailedError) return error;
  return new TemporalUnreachableError(act, { cause: error });
}

async function healthOf(client: Client): ReturnType<Orchestration['health']> {
  try {
    const { pollers } = await client.withDeadline(Date.now() + 1_000, () =>
      client.connection.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: workflowQueue },
      }),
    );
    // Temporal remembers a poller for minutes, so only one of the last seventy seconds counts.
    const sinceMs = Date.now() - 70_000;
    const alive = pollers.some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > sinceMs);
    return { temporal: 'up', worker: alive ? 'up' : 'down' };
  } catch {
    return { temporal: 'down', worker: 'unknown' };
  }
}
