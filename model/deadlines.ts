/** An instant that a person must not miss: after it something stops working that only a person can renew. */
export interface Deadline {
  /** One word for its cause, unique in the connection: `consent`, `graph_version`. */
  readonly key: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly title: string;
  readonly why: string;
  /** Null: the consent link of the connection. */
  readonly link: string | null;
  /** How many days before it the person hears of it first; 14 unless said. */
  readonly noticeDays?: number;
}

const dayMs = 24 * 3_600_000;
const reminderDays = [14, 7, 3, 1] as const;

/** The instants at which a person is reminded of a deadline, earliest first; milliseconds since 1970. */
export function remindersOf(deadline: Deadline): readonly number[] {
  const atMs = Date.parse(deadline.at);
  const days = [deadline.noticeDays ?? 0, ...reminderDays].filter((day) => day > 0);
  return [...new Set(days)].sort((a, b) => b - a).map((day) => atMs - day * dayMs);
}

/** True from the first reminder on: the task should be open. */
export function isNoticeable(deadline: Deadline, now: Date): boolean {
  const [first] = remindersOf(deadline);
  return first !== undefined && first <= now.getTime();
}

/** How many of a deadline's reminders have come: each one is said once. */
export function remindersDue(deadline: Deadline, now: Date): number {
  return remindersOf(deadline).filter((atMs) => atMs <= now.getTime()).length;
}

/** The next instant at which a person is to be reminded of any of them; null when none is left. */
export function nextReminderAt(deadlines: readonly Deadline[], now: Date): Date | null {
  const future = deadlines.flatMap((deadline) => remindersOf(deadline).filter((atMs) => atMs > now.getTime()));
  return future.length === 0 ? null : new Date(Math.min(...future));
}
