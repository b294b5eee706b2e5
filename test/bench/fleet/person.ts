import { setTimeout as sleep } from 'node:timers/promises';
import type { HumanTask } from '../../../store/store.ts';
import type { Service } from '../../service.ts';
import { agree } from './connect.ts';

const dayMs = 24 * 3_600_000;
const patienceMs = 60_000;

/** How long before its end somebody at last does what a task asks for. */
const procrastinatesUntilMs = 7 * dayMs;

/** Does what the inbox asks for, a week before it is too late; returns the connections that were consented again. */
export async function actOnInbox(service: Service, nowMs: number): Promise<readonly string[]> {
  const done: string[] = [];
  for (const task of await service.store.tasks.list()) {
    const { link, dueAt, connectionId } = task;
    // Consent is all that an owner can renew; the rest of the inbox is for whoever operates the connector.
    if (link === null || connectionId === null || !link.endsWith(`/consent/${connectionId}`)) continue;
    if (dueAt !== null && Date.parse(dueAt) - nowMs > procrastinatesUntilMs) continue;
    await agree(service, task.platform, link);
    await untilClosed(service, task, connectionId);
    done.push(connectionId);
  }
  return done;
}

async function untilClosed(service: Service, { id, title }: HumanTask, connectionId: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const open = await service.store.tasks.list({ connectionId });
    if (open.every((task) => task.id !== id)) return;
    if (Date.now() > deadline) throw new Error(`The person agreed again, but the task "${title}" stays open.`);
    await sleep(20);
  }
}
