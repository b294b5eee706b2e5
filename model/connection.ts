import type { Capability, Mode } from './platform.ts';

/**
 * `pending`: onboarding runs · `active`: a probe proved the credentials · `needs_consent`: only a person can mend it ·
 * `revoked`: disconnected, secrets erased.
 */
export const connectionStatuses = ['pending', 'active', 'needs_consent', 'revoked'] as const;
export type ConnectionStatus = (typeof connectionStatuses)[number];

/** A connection without its credentials: safe in a message, a log, a history. Instants are ISO 8601 in UTC. */
export interface ConnectionFacts {
  readonly id: string;
  readonly owner: string;
  readonly platform: string;
  readonly label: string;
  readonly accountId: string | null;
  readonly accountName: string | null;
  readonly status: ConnectionStatus;
  readonly statusReason: string | null;
  readonly mode: Mode;
  readonly modeReason: string | null;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  readonly refreshExpiresAt: string | null;
  readonly consentExpiresAt: string | null;
  readonly nextRefreshAt: string | null;
  readonly lastRefreshAt: string | null;
  readonly lastReadAt: string | null;
  readonly lastProbeAt: string | null;
  readonly createdAt: string;
  readonly version: number;
}

/** One row of `connector status --json`. */
export interface ConnectionReport {
  readonly id: string;
  readonly owner: string;
  readonly platform: string;
  readonly accountId: string | null;
  readonly accountName: string | null;
  readonly status: ConnectionStatus;
  readonly statusReason: string | null;
  readonly mode: Mode;
  readonly scopes: readonly string[];
  readonly capabilities: readonly Capability[];
  readonly expiresAt: string | null;
  readonly refreshExpiresAt: string | null;
  readonly consentExpiresAt: string | null;
  readonly nextRefreshAt: string | null;
  readonly lastRefreshAt: string | null;
  readonly healthy: boolean;
}

/**
 * True when a token could be handed out now: active, and either its access token lives or a refresh may still bring
 * one.
 */
export function isHealthy(facts: ConnectionFacts, now: Date): boolean {
  if (facts.status !== 'active') return false;
  const dead = (instant: string | null): boolean => instant !== null && Date.parse(instant) <= now.getTime();
  return !dead(facts.refreshExpiresAt) && (!dead(facts.expiresAt) || facts.nextRefreshAt !== null);
}
