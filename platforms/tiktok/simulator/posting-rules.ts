import { ApiError } from './api-error.ts';
import type { Account } from './settings.ts';
import type { Post, Token, World } from './world.ts';

const dayMs = 86_400_000;
const unauditedAccounts = 5;
const pendingDrafts = 5;

/** True for a client that may post publicly: reviewed and audited. A sandbox never may. */
export function mayPostPublicly(token: Token, world: World): boolean {
  return token.stage === 'production' && world.settings().audited;
}

/** The account behind a token. */
export function requireAccount(token: Token, world: World): Account {
  const account = world.account(token.account);
  if (account === undefined) throw new ApiError(401, 'access_token_invalid', 'The account is gone.');
  return account;
}

/** What the account offers. https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info (2026-11-23) [C/U] */
export function privacyLevels({ isPrivate }: Account): readonly string[] {
  return isPrivate
    ? ['FOLLOWER_OF_CREATOR', 'MUTUAL_FOLLOW_FRIENDS', 'SELF_ONLY']
    : ['PUBLIC_TO_EVERYONE', 'MUTUAL_FOLLOW_FRIENDS', 'SELF_ONLY'];
}

/**
 * Whether the account may post now: not banned, within its own cap, and among the five of an unaudited app. Throws
 * ApiError. https://developers.tiktok.com/doc/content-sharing-guidelines (2026-11-23) [O for five, C for the codes]
 */
export function checkMayPost(token: Token, world: World): void {
  const account = requireAccount(token, world);
  if (account.isBannedFromPosting) {
    throw new ApiError(403, 'spam_risk_user_banned_from_posting', 'The user is banned from making new posts.');
  }
  const posts = postsOfToday(world).filter((post) => post.kind === 'direct');
  if (posts.filter((post) => post.account === account.name).length >= world.settings().postsPerDay) {
    throw new ApiError(403, 'spam_risk_too_many_posts', 'The daily post cap from the API is reached for this user.');
  }
  if (mayPostPublicly(token, world)) return;
  const others = new Set(posts.map((post) => post.account));
  others.delete(account.name);
  if (others.size >= unauditedAccounts) {
    throw new ApiError(403, 'reached_active_user_cap', 'The daily quota for active publishing users is reached.');
  }
}

/** Who may see the post: what the account offers, and nobody else while the app is not audited. Throws ApiError. */
export function checkPrivacy(privacyLevel: string, token: Token, world: World): void {
  const account = requireAccount(token, world);
  if (!mayPostPublicly(token, world) && (!account.isPrivate || privacyLevel !== 'SELF_ONLY')) {
    const message = 'Unaudited clients can only post to private accounts, visible to themselves.';
    throw new ApiError(403, 'unaudited_client_can_only_post_to_private_accounts', message);
  }
  if (!privacyLevels(account).includes(privacyLevel)) {
    throw new ApiError(403, 'privacy_level_option_mismatch', 'The privacy level is not among the options.');
  }
}

/** At most five drafts of a day wait in an inbox. Throws ApiError. */
export function checkDrafts(token: Token, world: World): void {
  const waiting = postsOfToday(world).filter((post) => post.kind === 'draft' && post.account === token.account);
  if (waiting.length >= pendingDrafts) {
    throw new ApiError(403, 'spam_risk_too_many_pending_share', 'There may be at most 5 pending shares in 24 hours.');
  }
}

function postsOfToday(world: World): readonly Post[] {
  return world.kept.posts.filter(({ startedAtMs }) => startedAtMs > world.nowMs() - dayMs);
}
