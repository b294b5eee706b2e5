import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { EventType } = proto.temporal.api.enums.v1;
type EventType = proto.temporal.api.enums.v1.EventType;

/** The events of a history that are work for Temporal, which its cloud charges for. */
const kinds: ReadonlyMap<EventType, string> = new Map([
  [EventType.EVENT_TYPE_TIMER_STARTED, 'timers'],
  [EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, 'activities'],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, 'messages'],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, 'messages'],
  [EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, 'searchAttributes'],
  [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, 'runs'],
]);

export interface Action {
  readonly atMs: number;
  readonly kind: string;
}

/** Every action of a workflow over all its runs, read from its histories. */
export async function actionsOf(client: Client, workflowId: string): Promise<readonly Action[]> {
  const { raw, runId } = await client.workflow.getHandle(workflowId).describe();
  const firstRunId = raw.workflowExecutionInfo?.firstRunId ?? '';
  const actions: Action[] = [];
  for (let next: string | null = firstRunId === '' ? runId : firstRunId; next !== null;) {
    const { events } = await client.workflow.getHandle(workflowId, next).fetchHistory();
    next = null;
    for (const { eventType, eventTime, workflowExecutionContinuedAsNewEventAttributes: again } of events ?? []) {
      const kind = eventType === null || eventType === undefined ? undefined : kinds.get(eventType);
      if (kind !== undefined) actions.push({ atMs: Number(eventTime?.seconds ?? 0) * 1_000, kind });
      next = again?.newExecutionRunId ?? next;
    }
  }
  return actions;
}

const monthMs = 30 * 24 * 3_600_000;

/** A month of 30 days: all its actions, and how many there were of each kind. */
export type Month = { readonly all: number } & Readonly<Record<string, number>>;

/** The dearest month of a span that begins at `fromMs`; null when the span is shorter than a month. */
export function dearestMonth(actions: readonly Action[], fromMs: number, untilMs: number): Month | null {
  const months = Array.from({ length: Math.floor((untilMs - fromMs) / monthMs) }, (_, index) => {
    const startMs = fromMs + index * monthMs;
    return monthOf(actions.filter(({ atMs }) => atMs >= startMs && atMs < startMs + monthMs));
  });
  return months.toSorted((a, b) => b.all - a.all)[0] ?? null;
}

function monthOf(actions: readonly Action[]): Month {
  const counts: Record<string, number> = {};
  for (const { kind } of actions) counts[kind] = (counts[kind] ?? 0) + 1;
  return { ...counts, all: actions.length };
}
