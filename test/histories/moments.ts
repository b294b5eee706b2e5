import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type proto from '@temporalio/proto';
import { z } from 'zod';

type History = proto.temporal.api.history.v1.IHistory;
type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

const stepsSchema = z.object({ steps: z.array(z.object({ id: z.string(), kind: z.string() })) });
const outcomeSchema = z.object({ outcome: z.string() });
const eventSchema = z.object({ event: z.string() });
const statusSchema = z.object({ status: z.string() });
const carriedSchema = z.object({ opened: stepsSchema });

/**
 * What a workflow lived through, as texts: which activities it asked for and what came of them, which messages it got,
 * at which kinds of steps it waited, and how it ended.
 */
export function momentsIn(history: History): { readonly workflow: string; readonly moments: ReadonlySet<string> } {
  const events = history.events ?? [];
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const reader = new MomentReader();
  for (const payload of started?.input?.payloads ?? []) reader.learnSteps(valueOf(payload));
  for (const event of events) reader.read(event);
  return { workflow: started?.workflowType?.name ?? '', moments: reader.moments };
}

class MomentReader {
  readonly moments = new Set<string>();
  readonly #activities = new Map<string, string>();
  readonly #kinds = new Map<string, string>();

  /** From the answer that opens an onboarding, or from what one run hands to the next. */
  learnSteps(value: unknown): void {
    const found = stepsSchema.safeParse(value).data ?? carriedSchema.safeParse(value).data?.opened;
    for (const { id, kind } of found?.steps ?? []) this.#kinds.set(id, kind);
  }

  read(event: HistoryEvent): void {
    this.#readActivity(event);
    this.#readMessage(event);
    this.#readEnd(event);
    if (event.timerFiredEventAttributes) this.#add('a timer fired');
    const waitingFor =
      event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields?.['WaitingFor'];
    const kind = this.#kinds.get(String(valueOf(waitingFor)));
    if (kind !== undefined) this.#add(`came to a step: ${kind}`);
  }

  #readActivity(event: HistoryEvent): void {
    const { activityTaskScheduledEventAttributes: scheduled, activityTaskCompletedEventAttributes: completed } = event;
    if (scheduled) {
      const name = scheduled.activityType?.name ?? '';
      this.#activities.set(String(event.eventId), name);
      this.#add(`activity ${name}`);
      const said = eventSchema.safeParse(valueOf(scheduled.input?.payloads?.[0])).data;
      if (said !== undefined) this.#add(`${name}: ${said.event}`);
    }
    if (completed) {
      const name = this.#activities.get(String(completed.scheduledEventId)) ?? '';
      const value = valueOf(completed.result?.payloads?.[0]);
      this.learnSteps(value);
      const outcome = value === null ? 'nothing there' : outcomeSchema.safeParse(value).data?.outcome;
      if (outcome !== undefined) this.#add(`${name} → ${outcome}`);
    }
    if (event.activityTaskTimedOutEventAttributes ?? event.activityTaskFailedEventAttributes) {
      this.#add('an activity failed for good');
    }
  }

  #readMessage(event: HistoryEvent): void {
    const signal = event.workflowExecutionSignaledEventAttributes?.signalName;
    if (signal) this.#add(`signal ${signal}`);
    const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name;
    if (update) this.#add(`update ${update}`);
    if (event.workflowExecutionUpdateCompletedEventAttributes?.outcome?.failure) this.#add('an update was refused');
  }

  #readEnd(event: HistoryEvent): void {
    if (event.workflowExecutionContinuedAsNewEventAttributes) this.#add('continued as new');
    if (event.workflowExecutionFailedEventAttributes) this.#add('failed');
    const completed = event.workflowExecutionCompletedEventAttributes;
    if (!completed) return;
    const status = statusSchema.safeParse(valueOf(completed.result?.payloads?.[0])).data?.status;
    this.#add(status === undefined ? 'ended' : `ended: ${status}`);
  }

  #add(moment: string): void {
    this.moments.add(moment);
  }
}

function valueOf(payload: Payload | null | undefined): unknown {
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}
