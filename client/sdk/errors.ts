/** Which connection was asked for, by the words of the caller. */
export interface Wanted {
  readonly platform: string;
  readonly owner: string;
  readonly account?: string | undefined;
}

/** What every error of the SDK is: it says what happened, to which connection, and what to do next. No secrets. */
export abstract class ConnectorError extends Error {
  readonly platform: string;
  readonly owner: string;
  /** What to do about it. */
  readonly remedy: string;

  protected constructor(what: string, wanted: Wanted, remedy: string, options?: ErrorOptions) {
    super(`${what} ${remedy}`, options);
    this.platform = wanted.platform;
    this.owner = wanted.owner;
    this.remedy = remedy;
  }
}

/** Nobody has connected that account yet, or it was disconnected. */
export class NotConnectedError extends ConnectorError {
  override readonly name = 'NotConnectedError';

  constructor(wanted: Wanted, options?: ErrorOptions) {
    super(
      `There is no connection for ${named(wanted)}.`,
      wanted,
      `Run: connector connect ${wanted.platform}.`,
      options,
    );
  }
}

/** Only the person who owns the account can mend the connection: by agreeing again at `link`. */
export class NeedsConsentError extends ConnectorError {
  override readonly name = 'NeedsConsentError';
  readonly connectionId: string;
  /** Where the person agrees again. */
  readonly link: string;
  /** The cause in words, or the platform's own word for it. */
  readonly reason: string;

  constructor(wanted: Wanted, need: { connectionId: string; link: string; reason: string }) {
    super(
      `The connection for ${named(wanted)} needs a person: ${need.reason}`,
      wanted,
      `Let its owner agree again at ${need.link}`,
      { cause: need.reason },
    );
    this.connectionId = need.connectionId;
    this.link = need.link;
    this.reason = need.reason;
  }
}

/** The platform takes no posts by API from this app yet: a person posts, by these instructions. */
export class ManualModeError extends ConnectorError {
  override readonly name = 'ManualModeError';
  readonly connectionId: string;
  readonly instructions: string;

  constructor(wanted: Wanted, manual: { connectionId: string; instructions: string }) {
    super(`The connection for ${named(wanted)} is in manual mode.`, wanted, manual.instructions);
    this.connectionId = manual.connectionId;
    this.instructions = manual.instructions;
  }
}

/** No valid token can be had at this moment, but waiting may mend it. */
export class UnavailableError extends ConnectorError {
  override readonly name = 'UnavailableError';
  /** When to try again; ISO 8601 in UTC. */
  readonly retryAt: string;

  constructor(wanted: Wanted, trouble: { what: string; remedy: string; retryAt: string }, options?: ErrorOptions) {
    super(`No token for ${named(wanted)}: ${trouble.what}`, wanted, trouble.remedy, options);
    this.retryAt = trouble.retryAt;
  }
}

/** A bucket that the platform does not count, or not for this connection. */
export class UnknownBucketError extends ConnectorError {
  override readonly name = 'UnknownBucketError';
  readonly bucket: string;

  constructor(wanted: Wanted, unknown: { bucket: string; known: readonly string[] }) {
    const known = unknown.known.length === 0 ? 'Nothing is counted there.' : `Known: ${unknown.known.join(', ')}.`;
    super(`There is no quota "${unknown.bucket}" for ${named(wanted)}.`, wanted, known);
    this.bucket = unknown.bucket;
  }
}

interface QuotaAsked {
  readonly bucket: string;
  readonly unit: string;
  readonly amount: number;
  readonly limit: number;
  readonly remaining: number;
  readonly resetsAt: string;
}

/** The call would pass the platform's limit. It was not made, and nothing was reserved for it. */
export class QuotaExceededError extends ConnectorError {
  override readonly name = 'QuotaExceededError';
  readonly bucket: string;
  readonly amount: number;
  readonly limit: number;
  /** What could still be reserved. */
  readonly remaining: number;
  /** When the window ends and the quota starts anew; ISO 8601 in UTC. */
  readonly resetsAt: string;

  constructor(wanted: Wanted, quota: QuotaAsked) {
    const { bucket, unit, amount, limit, remaining, resetsAt } = quota;
    super(
      `${amount} ${unit} were asked for, but ${remaining} of ${limit} are left for ${named(wanted)}.`,
      wanted,
      wayOut(quota),
    );
    this.bucket = bucket;
    this.amount = amount;
    this.limit = limit;
    this.remaining = remaining;
    this.resetsAt = resetsAt;
  }
}

function wayOut({ amount, limit, remaining, resetsAt }: QuotaAsked): string {
  if (amount > limit) return `No window allows that much; reserve ${limit} at most, and the rest after ${resetsAt}.`;
  return remaining > 0 ? `Reserve ${remaining} at most, or wait until ${resetsAt}.` : `Wait until ${resetsAt}.`;
}

function named(wanted: Wanted): string {
  const account = wanted.account === undefined ? '' : `, account ${wanted.account}`;
  return `${wanted.platform} (owner ${wanted.owner}${account})`;
}
