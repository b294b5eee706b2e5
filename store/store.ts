import type { ConnectionFacts, ConnectionStatus } from '../model/connection.ts';
import type { Credentials, Grant } from '../model/credentials.ts';
import type { UnsavedGrant } from '../model/keeper.ts';
import type { OnboardingRequest } from '../model/onboarding.ts';
import type { QuotaReading, QuotaWindow } from '../model/quota.ts';
import type { ApiKeys } from './api-keys.ts';
import type { ConnectionCopies } from './connection-copies.ts';
import type { ConsoleSessions } from './console-sessions.ts';
import type { StoredConnection } from './connection-row.ts';
import type { SealedFields } from './sealed-fields.ts';
import type { ReadableFields } from './sealing.ts';

export type { ReadableFields, StoredConnection };

export interface Lease {
  readonly connectionId: string;
  readonly attemptId: string;
  readonly leaseOwner: string;
  /** The version that the lease was taken at; the save is a compare-and-swap on it. */
  readonly version: number;
  /** The same refresh token was sent before, and nobody knows what the platform made of it. */
  readonly inDoubt: boolean;
}

export interface SaveGrant {
  readonly connectionId: string;
  readonly version: number;
  readonly grant: Grant;
  readonly readable: ReadableFields;
  /** When the platform issued it (ISO 8601). Given: it becomes last_refresh_at. */
  readonly obtainedAt?: string;
  readonly nextRefreshAt?: string | null;
  readonly status?: ConnectionStatus;
  /** Null clears it. */
  readonly statusReason?: string | null;
  readonly probedAt?: string;
}

/** Rows of platform_connections. All writes of credentials are compare-and-swap on `version` and refuse revoked rows. */
export interface Connections {
  /** Creates the pending row of an onboarding; calling it again with the same id changes nothing. */
  open(
    request: OnboardingRequest & { id: string; credentials: Credentials; readable: ReadableFields },
  ): Promise<ConnectionFacts>;
  facts(id: string): Promise<ConnectionFacts | null>;
  list(filter?: {
    owner?: string;
    platforms?: readonly string[];
    statuses?: readonly ConnectionStatus[];
  }): Promise<ConnectionFacts[]>;
  load(id: string): Promise<StoredConnection | null>;
  /**
   * The one SELECT of a token read: the connections of an owner on a platform that are active or need consent, best first
   * (active before needs_consent, then newest). `account` matches the account's id or name.
   */
  read(query: { owner: string; platform: string; account?: string }): Promise<StoredConnection[]>;
  /** Merges a grant's fields and instants; null when the version moved on or the row is revoked. */
  saveGrant(save: SaveGrant): Promise<ConnectionFacts | null>;
  /** Changes state only; null when there is no such row or it is revoked. */
  setStatus(change: {
    connectionId: string;
    status: ConnectionStatus;
    statusReason: string | null;
    nextRefreshAt?: string | null;
    version?: number;
  }): Promise<ConnectionFacts | null>;
  /** Changes nothing when the version has moved on from the one that was given: newer credentials have their own time. */
  setNextRefresh(connectionId: string, at: string | null, version?: number): Promise<void>;
  noteProbe(connectionId: string, at: string): Promise<void>;
  noteRead(connectionId: string): Promise<void>;
  /**
   * Erases every sealed field, closes its attempts and sets `revoked`; null when there is no such row, or it has moved on
   * from the version that was given.
   */
  revoke(connectionId: string, reason: string, version?: number): Promise<ConnectionFacts | null>;
  /**
   * Moves what a pending row was granted into the row that already holds that account (same owner and platform), deletes
   * the pending row, and returns the surviving connection.
   */
  merge(pendingId: string, survivorId: string, readable: ReadableFields): Promise<ConnectionFacts | null>;
  findAccount(query: {
    owner: string;
    platform: string;
    accountId: string;
    except: string;
  }): Promise<ConnectionFacts | null>;
  /** Deletes a row that never became a connection. */
  abandon(connectionId: string): Promise<void>;
}

export type SaveRefresh = Omit<SaveGrant, 'connectionId' | 'version' | 'status' | 'statusReason'>;

/** A connection as a refresh left it. */
export interface RefreshedConnection extends ConnectionFacts {
  /** It had been given up meanwhile: a verdict about the credentials of before had come in between. */
  readonly revived: boolean;
}

/** The lease and the journal of refreshes. Leases run on the database's clock, so skewed machines agree. */
export interface Refreshes {
  /**
   * Takes the lease, journals the attempt and closes older ones that were left in doubt, in one statement; null when
   * somebody else holds it, the version moved on, or the row is no longer active.
   */
  take(request: { connectionId: string; version: number; leaseMs: number; fingerprint: string }): Promise<Lease | null>;
  /** When the lease that somebody holds now ends (ISO 8601), or null when it is free. */
  heldUntil(connectionId: string): Promise<string | null>;
  /** The newest attempt if it has no outcome and its lease is over: nobody has learnt what the platform made of it. */
  inDoubt(connectionId: string): Promise<{ attemptId: string; fingerprint: string; startedAt: string } | null>;
  /**
   * Saves the grant, closes the attempt, frees the lease and makes the connection active in one statement; null when the
   * version moved on.
   */
  save(lease: Lease, save: SaveRefresh): Promise<RefreshedConnection | null>;
  /** Frees the lease and closes the attempt with its outcome; null: it stays in doubt. Status changes ride along. */
  fail(
    lease: Lease,
    result: {
      outcome: string | null;
      status?: ConnectionStatus;
      statusReason?: string | null;
      nextRefreshAt?: string | null;
    },
  ): Promise<ConnectionFacts | null>;
  /** Seals a grant for its row, so that it may wait in Temporal while Postgres is away. */
  seal(lease: Lease, grant: Grant, obtainedAt: string, readable: ReadableFields): UnsavedGrant;
  /** Saves what `seal` made; null when the version moved on. Safe to repeat. */
  saveSealed(unsaved: UnsavedGrant): Promise<RefreshedConnection | null>;
  /** The credentials that `seal` made unreadable, for a grant that no row takes any more. */
  openSealed(unsaved: UnsavedGrant): Credentials;
  history(
    connectionId: string,
    limit: number,
  ): Promise<
    readonly {
      attemptId: string;
      version: number;
      startedAt: string;
      finishedAt: string | null;
      outcome: string | null;
    }[]
  >;
}

export interface ConsentRequest {
  readonly id: string;
  readonly connectionId: string;
  readonly redirectUri: string;
}

/** Single-use links to a platform's consent page. State and cookie are kept as hashes, verifier and code sealed. */
export interface ConsentRequests {
  create(request: {
    connectionId: string;
    state: string;
    browser: string;
    verifier: string;
    redirectUri: string;
    lifetimeMs: number;
  }): Promise<string>;
  /**
   * Spends the state: null when it is unknown, used, late, or comes from another browser. Only the first of two calls
   * at the same time gets it.
   */
  spend(answer: { state: string; browser: string; code: string | null }): Promise<ConsentRequest | null>;
  /** Code and verifier of a spent request, for the exchange; null when it was taken before. Erases both. */
  takeCode(id: string): Promise<{ code: string; verifier: string; redirectUri: string; connectionId: string } | null>;
}

export interface HumanTask {
  readonly id: string;
  readonly connectionId: string | null;
  readonly owner: string;
  readonly platform: string;
  readonly dedupeKey: string;
  readonly title: string;
  readonly why: string;
  readonly link: string | null;
  readonly dueAt: string | null;
  readonly openedAt: string;
}

/** The inbox: at most one open task a cause (`dedupeKey`). */
export interface HumanTasks {
  /**
   * Opens a task, or updates the open one with the same key. True when it is new. Nothing is opened for a connection
   * that is revoked by then, or that no longer has the status for which alone the task makes sense.
   */
  open(task: Omit<HumanTask, 'id' | 'openedAt'>, onlyWhile?: ConnectionStatus): Promise<boolean>;
  /** Closes open tasks of a connection; with `dedupeKey` just that one. Returns how many. */
  close(filter: { connectionId: string; dedupeKey?: string; because: string }): Promise<number>;
  list(filter?: { owner?: string; connectionId?: string }): Promise<HumanTask[]>;
}

export interface ConnectionEvent {
  readonly connectionId: string;
  readonly owner: string;
  readonly platform: string;
  readonly actor: string;
  readonly kind: string;
  /** Texts, numbers and instants; never a secret. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** The audit trail. */
export interface ConnectionEvents {
  append(event: ConnectionEvent): Promise<void>;
  list(filter: {
    owner?: string;
    connectionId?: string;
    kinds?: readonly string[];
    limit: number;
  }): Promise<readonly (ConnectionEvent & { readonly id: string; readonly at: string })[]>;
}

/** Whose bucket is meant. */
export interface QuotaKey {
  readonly platform: string;
  readonly app: string;
  readonly bucket: string;
}

/** A bucket at an instant: `now` decides which of its windows. */
export interface QuotaMoment extends QuotaKey {
  readonly window: QuotaWindow;
  /** What counts until the platform itself tells the limit. */
  readonly limit: number;
  readonly now: Date;
}

/** The books of one window. Amounts are whole numbers, instants ISO 8601 in UTC. */
export interface QuotaCount extends QuotaKey {
  readonly used: number;
  readonly reserved: number;
  readonly limit: number;
  readonly windowStart: string;
  readonly resetsAt: string;
}

/** An amount that nobody else can take any more, or how much is left; with the books after it. */
export type QuotaAnswer =
  | { readonly granted: true; readonly reservationId: string; readonly count: QuotaCount }
  | { readonly granted: false; readonly count: QuotaCount };

/** The quota ledger: an amount is reserved before a call and settled after it. */
export interface QuotaWindows {
  /**
   * Takes `amount` (1 or more) of the window if that much is left; however many ask at once, used and reserved together
   * never pass the limit by it.
   */
  reserve(request: QuotaMoment & { readonly amount: number }): Promise<QuotaAnswer>;
  /**
   * Turns what was reserved into what was used: the whole amount unless said, 0 gives it back, more than reserved is
   * taken as the truth that it is. Null: there is no such open reservation; it was settled before.
   */
  settle(reservationId: string, result?: { readonly used?: number | undefined }): Promise<QuotaCount | null>;
  /**
   * Asks the platform and corrects the books by what it tells, keeping what was settled meanwhile; gives its answer. In
   * days and months a use below our own count changes nothing, because theirs lag behind; in a rolling window it falls
   * as uses grow old, so there theirs is the truth.
   */
  observe(moment: QuotaMoment, ask: () => Promise<QuotaReading | null>): Promise<QuotaReading | null>;
  /**
   * The books of all windows that `now` falls in. Reservations older than an hour count as used: their process is dead,
   * and it may have made its call.
   */
  states(filter: { readonly platforms?: readonly string[]; readonly now: Date }): Promise<QuotaCount[]>;
}

/** What a platform's own calls to us are answered from. */
export interface ConnectionLookups {
  /** The app credentials (`fields`) of each app that has connections; `idField` is the readable field that names it. */
  apps(query: { platform: string; idField: string; fields: readonly string[] }): Promise<readonly Credentials[]>;
  /** Live connections whose readable field has that value. */
  byField(query: { platform: string; field: string; value: string }): Promise<readonly ConnectionFacts[]>;
}

export interface Store {
  readonly connections: Connections;
  readonly lookups: ConnectionLookups;
  readonly refreshes: Refreshes;
  readonly consentRequests: ConsentRequests;
  readonly tasks: HumanTasks;
  readonly events: ConnectionEvents;
  readonly quotaWindows: QuotaWindows;
  readonly sealedFields: SealedFields;
  readonly copies: ConnectionCopies;
  readonly apiKeys: ApiKeys;
  readonly consoleSessions: ConsoleSessions;
  close(): Promise<void>;
}
