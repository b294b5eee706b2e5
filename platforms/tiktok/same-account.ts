import type { Credentials } from '../../model/credentials.ts';
import type { UserInfo } from './api-calls.ts';

/** Whether a new consent is for the account that the connection belongs to, and what tells. */
export interface AccountComparison {
  readonly same: boolean;
  readonly note: string | null;
}

/**
 * Compares by `open_id` under the same client; by `union_id` under another one, because every client sees an open_id of
 * its own [O]; by display name where TikTok gave no union_id. That a sandbox sees the union_id of production is not known
 * (2026-11-23) [U]. A connection whose account was never found belongs to whoever agrees first.
 * https://developers.tiktok.com/doc/tiktok-api-v2-get-user-info
 */
export function compareAccounts(before: Credentials, user: UserInfo, clientKey: string): AccountComparison {
  const known = before['display_name'];
  if (known === undefined) return { same: true, note: null };
  if (before['client_key'] === clientKey && before['open_id'] !== undefined) {
    return { same: before['open_id'] === user.open_id, note: null };
  }
  if (before['union_id'] !== undefined && user.union_id !== undefined) {
    return { same: before['union_id'] === user.union_id, note: null };
  }
  return {
    same: known === user.display_name,
    note: `TikTok gave no id that both clients share, so the account was compared by its display name (${known}).`,
  };
}
