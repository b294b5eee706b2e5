import type { z } from 'zod';
import type { Clock } from './network.ts';

/** Unguessable bytes; an argument, so that a run can be repeated. */
export interface RandomSource {
  bytes(length: number): Uint8Array;
}

/** What a simulator remembers across restarts of its process. */
export interface SimulatorMemory {
  /**
   * The one value that this simulator keeps, as an earlier process left it or fresh from `initial`. It is live: change
   * it in place while answering a request and it is on disk at most 50 ms after the answer. Keep secrets as fingerprints (see
   * simulator-secrets.ts) wherever the platform itself would not have to show them again.
   */
  keep<Value>(schema: z.ZodType<Value>, initial: () => Value): Value;
}

/** All that a simulator may know of the world. */
export interface SimulatorSurroundings {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly memory: SimulatorMemory;
  /** The callback of this environment, which the simulated app has registered by default. */
  readonly redirectUri: string;
}

/** What a person would bring back from the simulated portal and decide on the simulated consent page. */
export interface PortalAnswers {
  /** Field values by the id of the onboarding step and the name of the field. */
  readonly steps: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Which account agrees on the consent page. */
  readonly consent: { readonly account: string };
  /** The id of the option to take, by the id of the choice step. */
  readonly choices?: Readonly<Record<string, string>>;
  /** The platform's verdict, by the id of the review step. */
  readonly reviews?: Readonly<Record<string, { readonly decision: 'approved' | 'rejected'; readonly reason?: string }>>;
}

/** A simulator at work. Its times come from the virtual clock only, so every lifetime can be lived through in a test. */
export interface RunningSimulator {
  /**
   * Answers as the platform would. The URL is the platform's own (`https://oauth2.googleapis.com/token`), whichever way
   * the request came. A page may be shown in a browser under a prefix of the path: its links and forms are relative.
   */
  handle(request: Request): Response | Promise<Response>;
  /** What the simulated accounts and the simulated app are like now; no secrets. */
  accounts(): unknown;
  /** Merges `changes` into them and returns what `accounts` answers then. Throws ZodError on what does not fit. */
  setAccounts(changes: unknown): unknown;
  answers(): PortalAnswers;
  /** The platform's reviewers decide about a review step; absent where a platform reviews nothing. */
  decide?(step: string, decision: 'approved' | 'rejected'): void;
}

/**
 * A stand-in for one platform. Its folder exports it as `simulator` from `simulator/index.ts` or `simulator.ts`, where
 * simulator-discovery.ts finds it.
 */
export interface Simulator {
  readonly platform: string;
  /** The hosts it answers for, in lower case and without a port. */
  readonly hosts: readonly string[];
  /** Query and form parameters whose values the request log may show; all others are redacted. */
  readonly loggedParameters: readonly string[];
  create(surroundings: SimulatorSurroundings): RunningSimulator;
}
