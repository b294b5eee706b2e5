/** What must never become of an input. `admitted`: it was let through without the authority that it lacked. */
export type TroubleKind = 'serverErrors' | 'hangs' | 'undocumented' | 'admitted';

export interface Trouble {
  readonly kind: TroubleKind;
  readonly what: string;
}

/** What became of one input: how it was answered, and what was wrong with that, if anything was. */
export interface Outcome {
  /** `limited`: too many failures from one address. `closed`: the connection ended without an answer. */
  readonly answer: 'accepted' | 'refused' | 'limited' | 'closed' | 'none';
  readonly trouble: Trouble | null;
}

/** How long an input may go without an outcome. */
export const patienceMs = 10_000;

/** An outcome that breaks no promise. */
export function fine(answer: Outcome['answer']): Outcome {
  return { answer, trouble: null };
}

/** An outcome that breaks one. */
export function trouble(kind: TroubleKind, what: string, answer: Outcome['answer'] = 'none'): Outcome {
  return { answer, trouble: { kind, what } };
}

/** What a status says about how a request was answered. */
export function answerOf(status: number): Outcome['answer'] {
  if (status === 429) return 'limited';
  return status < 400 ? 'accepted' : 'refused';
}
