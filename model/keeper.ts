import type { ConnectionFacts } from './connection.ts';
import type { Failure } from './failure.ts';

/** How a keeper is started. */
export interface KeeperRequest {
  readonly connectionId: string;
  readonly platform: string;
  readonly owner: string;
}

/** When a keeper must act next; null: never for that reason. ISO 8601 in UTC. */
export interface Schedule {
  readonly refreshAt: string | null;
  readonly probeAt: string | null;
  /** When a person is to be reminded of a deadline. */
  readonly remindAt: string | null;
}

/** What a keeper learns as it looks at its connection itself. */
export type FirstLook = Inspection & {
  /** A person has paused it; counts for a keeper that has just been started, because others are told. */
  readonly paused?: boolean;
};

/** A connection and what its keeper should do about it. */
export interface Inspection {
  readonly facts: ConnectionFacts;
  readonly schedule: Schedule;
}

/**
 * What came of one attempt to refresh: `refreshed` by us · `not_due`: it is fresh, or somebody else was faster · `held`:
 * another process holds the lease until then · `unsaved`: the platform answered, Postgres could not be written, and the
 * sealed answer is here · `failed`: judged, with what to do.
 */
export type RefreshOutcome =
  | ({ readonly outcome: 'refreshed' | 'not_due' } & Inspection)
  | { readonly outcome: 'held'; readonly until: string }
  | { readonly outcome: 'unsaved'; readonly unsaved: UnsavedGrant }
  | { readonly outcome: 'gone' }
  | ({ readonly outcome: 'failed'; readonly failure: Failure } & Inspection);

/** A platform's answer on its way to Postgres; every secret in it is sealed for the row that it belongs to. */
export interface UnsavedGrant {
  readonly connectionId: string;
  readonly version: number;
  readonly attemptId: string;
  /** Whose lease the save frees. */
  readonly leaseOwner?: string;
  readonly obtainedAt: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: string | null | undefined;
  readonly refreshExpiresAt: string | null | undefined;
  readonly consentExpiresAt: string | null | undefined;
}

/** What came of a probe. */
export type ProbeOutcome =
  | ({ readonly outcome: 'alive' } & Inspection)
  | { readonly outcome: 'gone' }
  | ({ readonly outcome: 'failed'; readonly failure: Failure } & Inspection);

/** What the query `connectionState` answers. */
export interface KeeperState {
  readonly connectionId: string;
  readonly platform: string;
  readonly owner: string;
  readonly status: string;
  readonly statusReason: string | null;
  readonly paused: boolean;
  /** Refreshes since the keeper was first started, over all its runs. */
  readonly refreshes: number;
  readonly probes: number;
  /** Failures since the last success. */
  readonly failuresInARow: number;
  readonly nextRefreshAt: string | null;
  readonly nextProbeAt: string | null;
  readonly expiresAt: string | null;
  /** The newest twenty acts, newest last. */
  readonly recent: readonly KeeperAct[];
}

export interface KeeperAct {
  readonly at: string;
  readonly act: 'refresh' | 'probe' | 'save' | 'remind' | 'revoke';
  readonly outcome: string;
  readonly detail: string | null;
}
