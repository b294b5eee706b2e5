/**
 * `transient`: try again later · `rate_limited`: try again when the platform says · `needs_consent`: only the person
 * who owns the account can mend it · `app_rejected`: only the operator of the app can mend it · `lost_rotation`: a
 * single-use refresh token was spent and its successor never arrived.
 */
export const failureKinds = ['transient', 'rate_limited', 'needs_consent', 'app_rejected', 'lost_rotation'] as const;
export type FailureKind = (typeof failureKinds)[number];

/** Why something does not work and what to do about it. Never holds a secret. */
export interface Remedy {
  readonly cause: string;
  readonly remedy: string;
  readonly link?: string;
}

/** A failure as it travels between activities, workflows and clients. */
export interface Failure extends Remedy {
  readonly kind: FailureKind;
  /** The platform's own word for it, such as `invalid_grant`. */
  readonly code: string;
  /** ISO 8601; where it is known from when on another attempt makes sense: the platform said so, or a lease ends then. */
  readonly retryAt?: string;
}

/** Thrown by platform code once it has judged what a platform answered. */
export class PlatformFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(`${failure.cause} ${failure.remedy}`, options);
    this.name = 'PlatformFailure';
    this.failure = failure;
  }
}

/** True where the person who owns the account must act: no retry helps. */
export function needsPerson(kind: FailureKind): boolean {
  return kind === 'needs_consent' || kind === 'lost_rotation';
}
