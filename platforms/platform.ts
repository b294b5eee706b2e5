import type { ConnectionFacts } from '../model/connection.ts';
import type { Credentials, Grant } from '../model/credentials.ts';
import type { Deadline } from '../model/deadlines.ts';
import type { Failure, Remedy } from '../model/failure.ts';
import type { Capability, PlatformDescription } from '../model/platform.ts';
import type { QuotaBucket, QuotaReading } from '../model/quota.ts';
import type {
  ActivateStep,
  AutomaticStep,
  ChoiceStep,
  ConsentStep,
  Option,
  PortalStep,
  ReviewStep,
  StepOutcome,
} from '../model/portal-step.ts';
import type { Clock, Network } from './network.ts';

/** All I/O that platform code may do, and what it may know of the connection it works for. */
export interface PlatformContext {
  readonly network: Network;
  readonly clock: Clock;
  /** The OAuth callback of this environment, as registered in the portal. */
  readonly redirectUri: string;
  /** Scopes granted so far; empty before the first consent. */
  readonly scopes: readonly string[];
}

/** What an automatic step or an exchange did: its judgement, and what to save with it. */
export interface StepResult {
  readonly outcome: StepOutcome;
  readonly save?: Grant;
}

/** What a consent needs to be asked for: the platform's page, ready to be opened in a browser. */
export interface AuthorizationRequest {
  readonly credentials: Credentials;
  readonly state: string;
  /** The PKCE verifier (43–128 unreserved characters); the platform decides what to send of it. */
  readonly verifier: string;
}

/** What arrived at the callback, less its state, which has been checked by then. */
export interface AuthorizationResponse {
  readonly credentials: Credentials;
  readonly code: string;
  readonly verifier: string;
}

export type StepDefinition =
  | (PortalStep & {
      /** Proves the values by asking the platform; without it the shape checks alone decide. */
      readonly verify?: (values: Credentials, known: Credentials, context: PlatformContext) => Promise<StepResult>;
    })
  | (ConsentStep & {
      readonly authorizationUrl: (request: AuthorizationRequest, context: PlatformContext) => URL;
      readonly exchange: (response: AuthorizationResponse, context: PlatformContext) => Promise<StepResult>;
      /** Explains what the platform sends to the callback instead of a code, such as `access_denied`. */
      readonly refused: (parameters: URLSearchParams) => StepOutcome;
    })
  | (ChoiceStep & {
      readonly options: (credentials: Credentials, context: PlatformContext) => Promise<readonly Option[]>;
      readonly choose: (id: string, credentials: Credentials, context: PlatformContext) => Promise<StepResult>;
    })
  | (ReviewStep & {
      /** What an approval changes, such as the mode. */
      readonly approved?: (credentials: Credentials, context: PlatformContext) => Promise<StepResult>;
    })
  | ActivateStep
  | (AutomaticStep & { readonly run: (credentials: Credentials, context: PlatformContext) => Promise<StepResult> });

/** One thing that `doctor` found out, with what shows it. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was seen, without secrets. */
  readonly evidence: string;
  readonly remedy?: Remedy;
}

/** A call by the platform to our server, such as Meta's data-deletion callback. */
export interface InboundCall {
  /** The body as it came, a form or JSON. */
  readonly body: string;
  readonly headers: Headers;
  /** App credentials of the connections of this platform, to check a signature with. */
  readonly apps: readonly Credentials[];
  readonly publicUrl: string;
}

export interface InboundAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
  /** Whose connections end with this call; `field` names the readable credentials field that holds the value. */
  readonly revoke?: { readonly field: string; readonly value: string; readonly reason: string };
}

/**
 * Everything about one platform. Its folder exports one as `platform`; nothing outside the folder knows its scopes,
 * endpoints, fields or errors.
 */
export interface Platform extends Omit<PlatformDescription, 'steps'> {
  /** Other names that people type for it: `x` for `twitter`. */
  readonly aliases: readonly string[];
  readonly steps: readonly StepDefinition[];
  /** Names of credential fields that may be read in the database; every other field is sealed. */
  readonly readableFields: readonly string[];
  /** Fields that belong to the app, not to the account: a second connection may take them over. */
  readonly appFields: readonly string[];
  /** The fields that `token --json` shows under `credentials`, in the specification's order. */
  readonly shape: readonly string[];
  readonly accessToken: (credentials: Credentials) => string;
  /** The single-use or long-lived secret that a refresh spends; its fingerprint is journalled. Null: none. */
  readonly refreshToken: (credentials: Credentials) => string | null;
  readonly capabilities: (scopes: readonly string[], credentials: Credentials) => readonly Capability[];
  /** New tokens. Throws PlatformFailure once judged; anything else thrown counts as transient. */
  readonly refresh: (credentials: Credentials, context: PlatformContext) => Promise<Grant>;
  /** The cheapest call that proves that the credentials work. Throws PlatformFailure. */
  readonly probe: (credentials: Credentials, context: PlatformContext) => Promise<Grant>;
  /** Ends the grant at the platform; a grant that is dead already is no failure. */
  readonly revoke: (credentials: Credentials, context: PlatformContext) => Promise<void>;
  /** Where to start when a connection that exists is consented to again; its first consent step unless said. */
  readonly reconnectAt?: (credentials: Credentials) => string;
  /** What the platform counts; empty when nothing is. */
  readonly quotas: readonly QuotaBucket[];
  /**
   * The true limit, use or window of a connection's bucket, where the platform tells it or the connection's own fields
   * do; null where neither does.
   */
  readonly readQuota?: (
    bucket: string,
    credentials: Credentials,
    context: PlatformContext,
  ) => Promise<QuotaReading | null>;
  /** Instants that a person must not miss, besides those in the connection's own columns. */
  readonly deadlines?: (facts: ConnectionFacts, now: Date) => readonly Deadline[];
  /** How a person posts by hand while the mode is `manual`. */
  readonly manualInstructions?: (credentials: Credentials) => readonly string[];
  /** Checks of its own for `doctor`, beyond what is generic. */
  readonly examine?: (credentials: Credentials, context: PlatformContext) => Promise<readonly Finding[]>;
  /** Proves that posting would work, without publishing anything. Notes say what was done. */
  readonly dryRun?: (credentials: Credentials, context: PlatformContext) => Promise<readonly string[]>;
  /** By name: what the platform calls at `/inbound/<platform>/<name>`. */
  readonly inbound?: Readonly<Record<string, (call: InboundCall) => InboundAnswer>>;
  /**
   * The failure behind anything that a call to the platform threw, also a caller's own; unknown errors are transient.
   * `now` dates a limit that ends at a time of day.
   */
  readonly diagnose: (error: unknown, now: Date) => Failure;
}
