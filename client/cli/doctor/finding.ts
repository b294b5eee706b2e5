/** One thing that was looked at, with what was seen. */
export interface Finding {
  readonly check: string;
  readonly platform: string | null;
  readonly connectionId: string | null;
  readonly result: 'fine' | 'warning' | 'wrong';
  /** What was seen; never a secret. */
  readonly evidence: string;
  readonly cause: string | null;
  readonly remedy: string | null;
  /** Only a person can mend it. */
  readonly needsPerson: boolean;
}

/** What a finding is about: nothing in particular, or a connection. */
export interface Subject {
  readonly platform: string | null;
  readonly connectionId: string | null;
}

export const environmentSubject: Subject = { platform: null, connectionId: null };

/** A check that found nothing wrong. */
export function fine(subject: Subject, check: string, evidence: string): Finding {
  return { ...subject, check, result: 'fine', evidence, cause: null, remedy: null, needsPerson: false };
}

/** A check that found something. */
export function wrong(
  subject: Subject,
  check: string,
  found: {
    readonly evidence: string;
    readonly cause: string;
    readonly remedy: string;
    readonly needsPerson?: boolean;
    readonly result?: 'warning' | 'wrong';
  },
): Finding {
  const { evidence, cause, remedy } = found;
  const [result, needsPerson] = [found.result ?? 'wrong', found.needsPerson ?? false];
  return { ...subject, check, result, evidence, cause, remedy, needsPerson };
}
