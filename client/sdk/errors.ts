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

function named(wanted: Wanted): string {
  const account = wanted.account === undefined ? '' : `, account ${wanted.account}`;
  return `${wanted.platform} (owner ${wanted.owner}${account})`;
}
