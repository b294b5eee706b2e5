import type { ConnectionStatus } from '../model/connection.ts';
import type { Mode } from '../model/platform.ts';
import type { SaveGrant } from './store.ts';

/**
 * What to change in a row besides its credentials, as one JSON parameter: a key that is absent (or undefined, which JSON
 * leaves out) keeps its column, null clears it.
 */
export interface RowChanges {
  readonly scopes?: readonly string[] | undefined;
  readonly expiresAt?: string | null | undefined;
  readonly refreshExpiresAt?: string | null | undefined;
  readonly consentExpiresAt?: string | null | undefined;
  readonly accountId?: string | undefined;
  readonly accountName?: string | undefined;
  readonly mode?: Mode | undefined;
  readonly modeReason?: string | null | undefined;
  readonly status?: ConnectionStatus | undefined;
  readonly statusReason?: string | null | undefined;
  readonly nextRefreshAt?: string | null | undefined;
  readonly lastRefreshAt?: string | undefined;
  readonly lastProbeAt?: string | undefined;
}

/** Assignments for `update connector.platform_connections c` that apply RowChanges, given as parameter $1. */
export const changeAssignments = `
  scopes = case when $1::jsonb ? 'scopes' then array(select jsonb_array_elements_text($1::jsonb -> 'scopes')) else c.scopes end,
  expires_at = case when $1::jsonb ? 'expiresAt' then ($1::jsonb ->> 'expiresAt')::timestamptz else c.expires_at end,
  refresh_expires_at = case when $1::jsonb ? 'refreshExpiresAt'
    then ($1::jsonb ->> 'refreshExpiresAt')::timestamptz else c.refresh_expires_at end,
  consent_expires_at = case when $1::jsonb ? 'consentExpiresAt'
    then ($1::jsonb ->> 'consentExpiresAt')::timestamptz else c.consent_expires_at end,
  account_id = coalesce($1::jsonb ->> 'accountId', c.account_id),
  account_name = coalesce($1::jsonb ->> 'accountName', c.account_name),
  mode = coalesce($1::jsonb ->> 'mode', c.mode),
  mode_reason = case when $1::jsonb ? 'modeReason' then $1::jsonb ->> 'modeReason' else c.mode_reason end,
  status = coalesce($1::jsonb ->> 'status', c.status),
  status_reason = case when $1::jsonb ? 'statusReason' then $1::jsonb ->> 'statusReason' else c.status_reason end,
  next_refresh_at = case when $1::jsonb ? 'nextRefreshAt'
    then ($1::jsonb ->> 'nextRefreshAt')::timestamptz else c.next_refresh_at end,
  last_refresh_at = coalesce(($1::jsonb ->> 'lastRefreshAt')::timestamptz, c.last_refresh_at),
  last_probe_at = coalesce(($1::jsonb ->> 'lastProbeAt')::timestamptz, c.last_probe_at),
  updated_at = now()`;

/** The changes that a grant brings besides its credentials. */
export function changesOf(save: Omit<SaveGrant, 'connectionId' | 'version'>): RowChanges {
  const { grant } = save;
  return {
    scopes: grant.scopes,
    expiresAt: grant.expiresAt,
    refreshExpiresAt: grant.refreshExpiresAt,
    consentExpiresAt: grant.consentExpiresAt,
    accountId: grant.account?.id,
    accountName: grant.account?.name,
    mode: grant.mode?.mode,
    modeReason: grant.mode?.reason,
    status: save.status,
    statusReason: save.statusReason,
    nextRefreshAt: save.nextRefreshAt,
    lastRefreshAt: save.obtainedAt,
    lastProbeAt: save.probedAt,
  };
}
