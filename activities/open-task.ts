import type { ConnectionFacts, ConnectionStatus } from '../model/connection.ts';
import { announce } from './announce.ts';
import type { RefreshDependencies } from './dependencies.ts';

export interface Task {
  /** One word for its cause; one task is open for each cause of a connection. */
  readonly cause: string;
  readonly title: string;
  readonly why: string;
  readonly link: string | null;
  readonly dueAt: string | null;
  /** It makes sense only as long as the connection has this status. */
  readonly onlyWhile?: ConnectionStatus;
}

/** Puts something that only a person can do into the inbox, once for each cause, and tells whoever subscribed. */
export async function openTask(dependencies: RefreshDependencies, facts: ConnectionFacts, task: Task): Promise<void> {
  const { cause, onlyWhile, ...text } = task;
  const { id: connectionId, owner, platform } = facts;
  const opened = { ...text, connectionId, owner, platform, dedupeKey: taskKey(connectionId, cause) };
  const isNew = await dependencies.store.tasks.open(opened, onlyWhile);
  if (!isNew) return;
  const detail = { task: cause, title: task.title, link: task.link, dueAt: task.dueAt };
  await announce(dependencies, facts, { type: 'task.opened', actor: 'connector', detail });
}

/** The key under which one cause of one connection has one open task. */
export function taskKey(connectionId: string, cause: string): string {
  return `${connectionId}/${cause}`;
}
