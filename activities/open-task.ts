import type { ConnectionFacts } from '../model/connection.ts';
import { announce } from './announce.ts';
import type { RefreshDependencies } from './dependencies.ts';

export interface Task {
  /** One word for its cause; one task is open for each cause of a connection. */
  readonly cause: string;
  readonly title: string;
  readonly why: string;
  readonly link: string | null;
  readonly dueAt: string | null;
}

/** Puts something that only a person can do into the inbox, once for each cause, and tells whoever subscribed. */
export async function openTask(dependencies: RefreshDependencies, facts: ConnectionFacts, task: Task): Promise<void> {
  const { cause, ...text } = task;
  const isNew = await dependencies.store.tasks.open({
    ...text,
    connectionId: facts.id,
    owner: facts.owner,
    platform: facts.platform,
    dedupeKey: taskKey(facts.id, cause),
  });
  if (!isNew) return;
  const detail = { task: cause, title: task.title, link: task.link, dueAt: task.dueAt };
  await announce(dependencies, facts, { type: 'task.opened', actor: 'connector', detail });
}

/** The key under which one cause of one connection has one open task. */
export function taskKey(connectionId: string, cause: string): string {
  return `${connectionId}/${cause}`;
}
