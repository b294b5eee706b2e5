/** Something that a program outside may want to hear of. No secrets; instants are ISO 8601 in UTC. */
export interface Notice {
  /** Unique, so that a receiver can tell a repeated delivery. */
  readonly id: string;
  readonly type:
    'connection.connected' | 'connection.needs_consent' | 'connection.revoked' | 'task.opened' | 'task.reminder';
  readonly at: string;
  readonly owner: string;
  readonly platform: string;
  readonly connectionId: string | null;
  readonly detail: Readonly<Record<string, string | null>>;
}
