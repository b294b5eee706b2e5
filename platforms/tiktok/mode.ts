import type { Credentials, Grant } from '../../model/credentials.ts';
import { stageOf } from './credentials.ts';

type ModeOfGrant = NonNullable<Grant['mode']>;

/** In sandbox: the connection lives and is kept, and a person posts by hand until the app review is through. */
export const manual: ModeOfGrant = {
  mode: 'manual',
  reason:
    'The app is under review: its TikTok sandbox signs in and reads the account, but public posts have to be made by hand until the review is approved.',
};

/**
 * Unaudited → at most 5 accounts may post in 24 hours, only to themselves (SELF_ONLY), and the account must be private.
 * https://developers.tiktok.com/doc/content-sharing-guidelines (2026-11-23) [O]
 */
export const restricted: ModeOfGrant = {
  mode: 'restricted',
  reason:
    'TikTok has not audited the app: posts are visible to their author only (SELF_ONLY), the account must be private, and at most 5 accounts may post in 24 hours. Apply for the audit.',
};

/** Reviewed and audited: everything that the scopes allow. */
export const live: ModeOfGrant = { mode: 'live', reason: null };

/** The mode that a connection's stage gives it. */
export function modeOf(credentials: Credentials): ModeOfGrant {
  if (stageOf(credentials) === 'sandbox') return manual;
  return credentials['audited'] === 'yes' ? live : restricted;
}
