import type { Credentials, Grant } from '../model/credentials.ts';
import type { Failure } from '../model/failure.ts';
import type { Capability, PlatformDescription } from '../model/platform.ts';
import type {
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
  | ReviewStep
  | (AutomaticStep & { readonly run: (credentials: Credentials, context: PlatformContext) => Promise<StepResult> });

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
  /**
   * The failure behind anything that a call to the platform threw, also a caller's own; unknown errors are transient.
   * `now` dates a limit that ends at a time of day.
   */
  readonly diagnose: (error: unknown, now: Date) => Failure;
}
