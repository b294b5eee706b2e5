import type { ConnectionFacts } from '../model/connection.ts';
import type {
  FirstLook,
  Inspection,
  KeeperAct,
  KeeperRequest,
  KeeperState,
  ProbeOutcome,
  RefreshOutcome,
} from '../model/keeper.ts';
import { backoffMs, jitterOf } from '../model/refresh-policy.ts';
import type { RefreshAnswer } from './messages.ts';
import type { RefreshRequest } from './ports.ts';

/** What one run of a keeper hands to the next. */
export interface CarriedKeeper {
  readonly paused: boolean;
  readonly refreshes: number;
  readonly probes: number;
  readonly failuresInARow: number;
  readonly recent: readonly KeeperAct[];
  readonly status: string | null;
}

/** One `refreshNow` that waits for its answer. All that wait at the same time share one refresh. */
interface Ticket {
  readonly seenVersion: number | undefined;
  answer: RefreshAnswer | null;
}

const recentActs = 20;

/** The pause after an act, however short a token lives and however the clocks differ: a keeper never spins. */
const breatherMs = 1_000;

/** What a keeper knows between two acts, and its decisions about what is due. No I/O. */
export class KeeperProgress {
  revoking = false;
  startsAnew = false;
  isGone = false;
  mustInspect = true;
  readonly #request: KeeperRequest;
  #waiting: Ticket[] = [];
  #inFlight: Ticket[] = [];
  #facts: ConnectionFacts | null = null;
  #refreshAt: number | null = null;
  #probeAt: number | null = null;
  #remindAt: number | null = null;
  #refreshes = 0;
  #probes = 0;
  #failuresInARow = 0;
  #recent: readonly KeeperAct[] = [];
  #announced: string | null = null;
  #endedAs: string | null = null;
  /** Null: nobody has said anything since the first start, and Postgres has not been looked at. */
  #paused: boolean | null = null;
  #nudged = false;

  constructor(request: KeeperRequest, carried?: CarriedKeeper) {
    this.#request = request;
    if (carried === undefined) return;
    this.#paused = carried.paused;
    this.#refreshes = carried.refreshes;
    this.#probes = carried.probes;
    this.#failuresInARow = carried.failuresInARow;
    this.#recent = carried.recent;
    this.#announced = carried.status;
  }

  get wanted(): Ticket | null {
    return this.#waiting[0] ?? null;
  }

  want(seenVersion: number | undefined): Ticket {
    const ticket: Ticket = { seenVersion, answer: null };
    this.#waiting.push(ticket);
    return ticket;
  }

  /** Wakes the keeper, because what it sleeps for has changed. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#nudged = true;
  }

  reconnect(): void {
    this.mustInspect = true;
    this.#failuresInARow = 0;
  }

  isRefreshDue(): boolean {
    return !this.#isPaused && this.#refreshAt !== null && this.#refreshAt <= Date.now();
  }

  isProbeDue(): boolean {
    return !this.#isPaused && this.#probeAt !== null && this.#probeAt <= Date.now();
  }

  isExpired(): boolean {
    const { expiresAt } = this.#facts ?? { expiresAt: null };
    return expiresAt !== null && Date.parse(expiresAt) <= Date.now();
  }

  /** Also while paused: what a person must do in time does not wait. */
  isReminderDue(): boolean {
    return this.#remindAt !== null && this.#remindAt <= Date.now();
  }

  isWoken(): boolean {
    const due = this.isRefreshDue() || this.isProbeDue() || this.isReminderDue();
    return due || this.#nudged || this.mustInspect || this.revoking || this.startsAnew || this.wanted !== null;
  }

  isQuiet(): boolean {
    return !this.mustInspect && !this.revoking && this.wanted === null;
  }

  /** Null: nothing is due, ever; only a message can wake the keeper. */
  msUntilDue(): number | null {
    this.#nudged = false;
    const acts = this.#isPaused ? [] : [this.#refreshAt, this.#probeAt];
    const instants = [...acts, this.#remindAt].filter((instant) => instant !== null);
    return instants.length === 0 ? null : Math.max(1, Math.min(...instants) - Date.now());
  }

  /** A refresh for all that wait now; whoever asks later gets another look, which then finds it done. */
  takeRefreshRequest(): RefreshRequest {
    this.#inFlight = this.#waiting;
    this.#waiting = [];
    const { connectionId } = this.#request;
    if (this.#inFlight.length === 0) return { connectionId, force: false };
    const seen = this.#inFlight.map((ticket) => ticket.seenVersion);
    const versions = seen.filter((version) => version !== undefined);
    // One that saw no version wants a refresh in any case; otherwise the newest version seen is the one to replace.
    if (versions.length < seen.length) return { connectionId, force: true };
    return { connectionId, force: true, seenVersion: Math.max(...versions) };
  }

  inspected(inspection: FirstLook | null): void {
    this.mustInspect = false;
    // Paused before its keeper was lost, or in the environment that it comes from. Later, only a message counts.
    this.#paused ??= inspection?.paused ?? false;
    this.#take(inspection, 0);
  }

  refreshed(outcome: Exclude<RefreshOutcome, { outcome: 'unsaved' }>): void {
    switch (outcome.outcome) {
      case 'refreshed':
        this.#refreshes += 1;
        this.#failuresInARow = 0;
        this.#note('refresh', 'refreshed', null);
        this.#take(outcome);
        break;
      case 'not_due':
        this.#take(outcome);
        break;
      case 'held':
        this.#postpone(Math.max(Date.parse(outcome.until), Date.now() + breatherMs));
        break;
      case 'gone':
        this.#take(null);
        break;
      case 'failed':
        this.#failed('refresh', outcome);
    }
    this.#answer(outcome);
  }

  saved(inspection: Inspection | null): void {
    this.#refreshes += 1;
    this.#failuresInARow = 0;
    this.#note('save', inspection === null ? 'gone' : 'saved', 'Postgres was away when the platform answered.');
    this.#take(inspection);
    this.#answer(inspection === null ? { outcome: 'gone' } : { outcome: 'refreshed', ...inspection });
  }

  probed(outcome: ProbeOutcome): void {
    this.#probes += 1;
    if (outcome.outcome === 'failed') {
      this.#failed('probe', outcome);
      return;
    }
    if (outcome.outcome === 'alive') this.#failuresInARow = 0;
    this.#note('probe', outcome.outcome, null);
    this.#take(outcome.outcome === 'alive' ? outcome : null);
  }

  reminded(inspection: Inspection | null): void {
    this.#note('remind', inspection === null ? 'gone' : 'reminded', null);
    this.#take(inspection);
  }

  ended(as: string): void {
    this.#note('revoke', as, null);
    this.#endedAs = as;
    this.isGone = true;
  }

  /** The status if it differs from the one that was told last. */
  unannouncedStatus(): string | null {
    const status = this.#status();
    if (status === this.#announced) return null;
    this.#announced = status;
    return status;
  }

  carry(): CarriedKeeper {
    return {
      paused: this.#isPaused,
      refreshes: this.#refreshes,
      probes: this.#probes,
      failuresInARow: this.#failuresInARow,
      recent: this.#recent,
      status: this.#announced,
    };
  }

  state(): KeeperState {
    const iso = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());
    const { connectionId, platform, owner } = this.#request;
    return {
      connectionId,
      platform,
      owner,
      status: this.#status(),
      statusReason: this.#facts?.statusReason ?? null,
      paused: this.#isPaused,
      refreshes: this.#refreshes,
      probes: this.#probes,
      failuresInARow: this.#failuresInARow,
      nextRefreshAt: iso(this.#refreshAt),
      nextProbeAt: iso(this.#probeAt),
      expiresAt: this.#facts?.expiresAt ?? null,
      recent: this.#recent,
    };
  }

  get #isPaused(): boolean {
    return this.#paused ?? false;
  }

  #status(): string {
    // A run that has only just begun has not looked yet; what the last one saw holds until then.
    return this.#endedAs ?? this.#facts?.status ?? this.#announced ?? 'pending';
  }

  #take(inspection: Inspection | null, pauseMs = breatherMs): void {
    if (inspection === null) {
      this.#endedAs = 'revoked';
      this.isGone = true;
      return;
    }
    const earliest = Date.now() + pauseMs;
    const parse = (instant: string | null): number | null =>
      instant === null ? null : Math.max(Date.parse(instant), earliest);
    this.#facts = inspection.facts;
    this.#refreshAt = parse(inspection.schedule.refreshAt);
    this.#probeAt = parse(inspection.schedule.probeAt);
    this.#remindAt = parse(inspection.schedule.remindAt);
  }

  /** A blip is tried again later and later; what a person must mend has no next time in its schedule. */
  #failed(act: 'refresh' | 'probe', outcome: Extract<RefreshOutcome, { outcome: 'failed' }>): void {
    const { failure } = outcome;
    this.#failuresInARow += 1;
    this.#note(act, failure.kind, failure.cause);
    this.#take(outcome);
    if (failure.kind !== 'transient' && failure.kind !== 'rate_limited') return;
    const jitter = jitterOf(`${this.#request.connectionId}/${this.#failuresInARow}`);
    const backoffAt = Date.now() + backoffMs(this.#failuresInARow, jitter);
    const retryAt =
      failure.retryAt === undefined ? backoffAt : Math.max(Date.parse(failure.retryAt), Date.now() + breatherMs);
    if (act === 'refresh') this.#postpone(retryAt);
    else this.#probeAt = retryAt;
  }

  /** A probe may have been what the refresh was for, so it waits as long. */
  #postpone(at: number): void {
    this.#refreshAt = at;
    if (this.#probeAt !== null) this.#probeAt = Math.max(this.#probeAt, at);
  }

  #answer(outcome: Exclude<RefreshOutcome, { outcome: 'unsaved' }>): void {
    const failure = outcome.outcome === 'failed' ? outcome.failure : null;
    const answer: RefreshAnswer = {
      outcome: outcome.outcome,
      expiresAt: 'facts' in outcome ? outcome.facts.expiresAt : null,
      cause: failure?.cause ?? null,
      remedy: failure?.remedy ?? null,
    };
    for (const ticket of this.#inFlight) ticket.answer = answer;
    this.#inFlight = [];
  }

  #note(act: KeeperAct['act'], outcome: string, detail: string | null): void {
    const at = new Date().toISOString();
    this.#recent = [...this.#recent, { at, act, outcome, detail }].slice(-recentActs);
  }
}
