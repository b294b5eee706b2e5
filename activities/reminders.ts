import { isNoticeable, remindersDue } from '../model/deadlines.ts';
import type { Deadline } from '../model/deadlines.ts';
import type { ConnectionFacts } from '../model/connection.ts';
import type { Platform } from '../platforms/platform.ts';
import { announce } from './announce.ts';
import type { RefreshDependencies } from './dependencies.ts';
import { consentLink } from './dependencies.ts';
import { deadlinesOf } from './inspection.ts';
import { openTask, taskKey } from './open-task.ts';

const causePrefix = 'deadline-';

/**
 * Brings the inbox in line with the deadlines of an active connection: a task from the first reminder on, one more word
 * at each later reminder, closed once the deadline has moved away.
 */
export async function remind(
  dependencies: RefreshDependencies,
  platform: Platform,
  facts: ConnectionFacts,
): Promise<void> {
  const now = dependencies.clock.now();
  const near = deadlinesOf(facts, platform, now).filter((deadline) => isNoticeable(deadline, now));
  for (const deadline of near) await remindOf(dependencies, facts, deadline, now);
  await closeMoved(dependencies, facts, new Set(near.map(causeOf)));
}

/** True for a task that a deadline opened. */
export function isReminder(dedupeKey: string, connectionId: string): boolean {
  return dedupeKey.startsWith(taskKey(connectionId, causePrefix));
}

async function remindOf(
  dependencies: RefreshDependencies,
  facts: ConnectionFacts,
  deadline: Deadline,
  now: Date,
): Promise<void> {
  const { title, why, at } = deadline;
  const link = deadline.link ?? consentLink(dependencies.redirectUri, facts.id);
  await openTask(dependencies, facts, { cause: causeOf(deadline), title, why, link, dueAt: at });
  const said = remindersDue(deadline, now);
  if (said < 2) return;
  const detail = { task: `${causeOf(deadline)}/${said}`, title, dueAt: at, link };
  await announce(dependencies, facts, { type: 'task.reminder', actor: 'connector', detail });
}

async function closeMoved(
  { store }: RefreshDependencies,
  { id: connectionId }: ConnectionFacts,
  near: ReadonlySet<string>,
): Promise<void> {
  for (const { dedupeKey } of await store.tasks.list({ connectionId })) {
    const cause = dedupeKey.slice(taskKey(connectionId, '').length);
    if (!isReminder(dedupeKey, connectionId) || near.has(cause)) continue;
    await store.tasks.close({ connectionId, dedupeKey, because: 'renewed' });
  }
}

function causeOf({ key }: Deadline): string {
  return `${causePrefix}${key}`;
}
