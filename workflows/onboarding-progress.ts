import type { ConnectionFacts } from '../model/connection.ts';
import type {
  OnboardingRequest,
  OnboardingState,
  Refusal,
  ReviewDecision,
  ReviewProgress,
  StepDone,
  StepProgress,
  WaitingFor,
} from '../model/onboarding.ts';
import type { Option, Step, StepOutcome } from '../model/portal-step.ts';
import type { Remedy } from '../model/failure.ts';
import type { OpenedOnboarding } from './ports.ts';
import { notNow } from './step-refusals.ts';

/** One thing that a person or a platform said; `outcome` is filled in once it has been judged. */
export interface Act {
  readonly done?: StepDone;
  readonly review?: ReviewDecision;
  outcome: StepOutcome | null;
}

/** What one run of the workflow hands to the next. */
export interface CarriedProgress {
  readonly opened: OpenedOnboarding;
  readonly position: number;
  readonly doneAt: Readonly<Record<string, string>>;
  readonly because: Remedy | null;
  readonly refusal: Refusal | null;
  readonly since: string;
  readonly review: ReviewProgress | null;
  readonly skipped: readonly string[];
}

/**
 * Where an onboarding stands. Its life: not open → (steps one by one, each waited for and judged) → completed, or
 * abandoned at any step. Acts are taken one at a time in the order in which they came, so that signals sent in a burst
 * walk the steps as if a person had waited for each.
 */
export class OnboardingProgress {
  status: OnboardingState['status'] = 'running';
  abandoned = false;
  startsAnew = false;
  options: readonly Option[] | null = null;
  review: ReviewProgress | null = null;
  refusal: Refusal | null = null;
  readonly #request: OnboardingRequest;
  readonly #onboardingId: string;
  readonly #acts: Act[] = [];
  #opened: OpenedOnboarding | null = null;
  #position = 0;
  #doneAt: Record<string, string> = {};
  #because: Remedy | null = null;
  #since = new Date().toISOString();
  #skipped: readonly string[] = [];

  constructor(request: OnboardingRequest, onboardingId: string, carried?: CarriedProgress) {
    this.#request = request;
    this.#onboardingId = onboardingId;
    if (carried === undefined) return;
    this.#opened = carried.opened;
    this.#position = carried.position;
    this.#doneAt = { ...carried.doneAt };
    this.#because = carried.because;
    this.refusal = carried.refusal;
    this.#since = carried.since;
    this.review = carried.review;
    this.#skipped = carried.skipped;
  }

  isOpen(): boolean {
    return this.#opened !== null;
  }

  open(opened: OpenedOnboarding): void {
    this.#opened = opened;
    this.#moveTo(opened.startAt);
  }

  /** Throws before `open`: nothing can be asked for a connection that has no row. */
  get connectionId(): string {
    if (this.#opened === null) throw new Error('This onboarding has no connection yet.');
    return this.#opened.connectionId;
  }

  get consentLink(): string {
    return this.#opened?.consentLink ?? '';
  }

  /** The step that is waited for; null when all are done. */
  current(): Step | null {
    return this.#steps()[this.#position] ?? null;
  }

  receive(said: { readonly done: StepDone } | { readonly review: ReviewDecision }): Act {
    const act: Act = { ...said, outcome: null };
    this.#acts.push(act);
    return act;
  }

  pendingAct(): Act | null {
    return this.#acts[0] ?? null;
  }

  takeAct(): Act | null {
    return this.#acts.shift() ?? null;
  }

  isQuiet(): boolean {
    return this.#acts.length === 0 && this.status === 'running' && !this.abandoned;
  }

  /** Applies the judgement of an act (null: of an automatic step) to the step that is waited for. */
  judge(act: Act | null, outcome: StepOutcome): void {
    const step = this.current();
    if (act !== null) act.outcome = outcome;
    if (step === null) return;
    switch (outcome.outcome) {
      case 'done':
        // Said about a step that was done before: nothing moves.
        if (act?.done !== undefined && act.done.step !== step.id) return;
        this.#doneAt[step.id] = new Date().toISOString();
        this.refusal = null;
        this.#because = null;
        this.#goTo(outcome.next ?? null);
        return;
      case 'refused':
        this.#refuse(act?.done?.step ?? step.id, outcome.field ?? null, outcome.remedy);
        return;
      case 'again':
        this.#again(outcome);
    }
  }

  /** All steps were done, but the proof failed. */
  reopen(outcome: Exclude<StepOutcome, { outcome: 'done' }>): void {
    if (outcome.outcome === 'again') {
      this.#again(outcome);
      return;
    }
    this.#position = Math.max(0, this.#steps().length - 1);
    this.#refuse(this.current()?.id ?? '', outcome.field ?? null, outcome.remedy);
  }

  /** The connection works; its row may be an older one of the same account, which then is this onboarding's too. */
  activated(facts: ConnectionFacts, consentLink: string): void {
    if (this.#opened !== null) this.#opened = { ...this.#opened, connectionId: facts.id, consentLink };
  }

  /** Judges an act that was right and leaves the onboarding where it is. */
  noted(act: Act): void {
    act.outcome = { outcome: 'done' };
    this.refusal = null;
  }

  /** Offers a choice. A single option that can be chosen is chosen: nobody is asked a question that has one answer. */
  offer(options: readonly Option[]): void {
    this.options = options;
    const possible = options.filter((option) => option.unavailable === undefined);
    const [only] = possible;
    const step = this.current();
    if (possible.length === 1 && only !== undefined && step !== null) {
      this.#acts.unshift({ done: { step: step.id, option: only.id }, outcome: null });
    }
  }

  prepareReview(): void {
    this.review = { phase: 'to_submit', submittedAt: null, rejections: [] };
  }

  submitReview(): void {
    const rejections = this.review?.rejections ?? [];
    this.review = { phase: 'submitted', submittedAt: new Date().toISOString(), rejections };
  }

  rejectReview(reason: string): void {
    const rejections = [...(this.review?.rejections ?? []), { at: new Date().toISOString(), reason }];
    this.review = { phase: 'to_submit', submittedAt: this.review?.submittedAt ?? null, rejections };
  }

  /** A consent for a step that is done, while another step is waited for: the person renewed what has run out. */
  renewedConsent(act: Act, waiting: Step): { readonly step: string; readonly consentRequestId: string } | null {
    const { step, consentRequestId } = act.done ?? {};
    if (step === undefined || consentRequestId === undefined || step === waiting.id) return null;
    return this.#doneAt[step] === undefined ? null : { step, consentRequestId };
  }

  finish(status: 'completed' | 'abandoned'): void {
    this.status = status;
  }

  /** Why an act does not fit the step that is waited for; null when it fits. An act on a step that is done is no fault. */
  misplaced(act: Act, waiting: Step): StepOutcome | null {
    if (act.review !== undefined) {
      return waiting.kind === 'review' ? null : notNow('app review', waiting);
    }
    const step = act.done?.step;
    if (step === waiting.id) return null;
    if (step !== undefined && this.#doneAt[step] !== undefined) return { outcome: 'done' };
    return notNow(step ?? '', waiting);
  }

  carry(): CarriedProgress {
    if (this.#opened === null) throw new Error('This onboarding has no connection yet.');
    return {
      opened: this.#opened,
      position: this.#position,
      doneAt: this.#doneAt,
      because: this.#because,
      refusal: this.refusal,
      since: this.#since,
      review: this.review,
      skipped: this.#skipped,
    };
  }

  state(): OnboardingState {
    const { owner, platform, label } = this.#request;
    return {
      onboardingId: this.#onboardingId,
      connectionId: this.#opened?.connectionId ?? null,
      owner,
      platform,
      label,
      status: this.status,
      waitingFor: this.status === 'running' ? this.#waitingFor() : null,
      steps: this.#steps().map((step, index) => this.#progressOf(step, index)),
      refusal: this.refusal,
    };
  }

  #steps(): readonly Step[] {
    return this.#opened?.steps ?? [];
  }

  #waitingFor(): WaitingFor | null {
    const step = this.current();
    if (step === null || this.#opened === null) return null;
    const fields = step.kind === 'portal' ? step.fields.map((field) => field.name) : [];
    return {
      step,
      since: this.#since,
      until: null,
      consentLink: step.kind === 'consent' ? this.#opened.consentLink : null,
      options: this.options,
      known: this.#opened.known.filter((name) => fields.includes(name)),
      because: this.#because,
      review: this.review,
    };
  }

  #progressOf(step: Step, index: number): StepProgress {
    const { id, kind, title } = step;
    const doneAt = this.#doneAt[id] ?? null;
    const waiting = index === this.#position && this.status === 'running';
    const passed = doneAt !== null || index < this.#position;
    const state = waiting ? 'waiting' : this.#skipped.includes(id) ? 'skipped' : passed ? 'done' : 'to_do';
    return { id, kind, title, doneAt, state };
  }

  #moveTo(step: string): void {
    const position = this.#steps().findIndex((one) => one.id === step);
    this.#position = Math.max(0, position);
    this.#wait();
  }

  /** The next step, or the named later one; what lies between was made needless by a choice. */
  #goTo(next: string | null): void {
    const from = this.#position;
    const named = next === null ? -1 : this.#steps().findIndex((step) => step.id === next);
    this.#position = named > from ? named : from + 1;
    const between = this.#steps().slice(from + 1, this.#position);
    this.#skipped = [...this.#skipped, ...between.map((step) => step.id)];
    this.#wait();
  }

  #wait(): void {
    this.options = null;
    this.review = null;
    this.#since = new Date().toISOString();
  }

  #again({ step, remedy }: Extract<StepOutcome, { outcome: 'again' }>): void {
    this.#refuse(step, null, remedy);
    this.#because = remedy;
    this.#moveTo(step);
    const later = this.#steps().slice(this.#position);
    for (const { id } of later) this.#doneAt = without(this.#doneAt, id);
    this.#skipped = this.#skipped.filter((id) => later.every((step) => step.id !== id));
  }

  #refuse(step: string, field: string | null, remedy: Remedy): void {
    this.refusal = { step, field, remedy, at: new Date().toISOString() };
  }
}

function without(record: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}
