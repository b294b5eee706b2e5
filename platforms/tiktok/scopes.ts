import type { Capability } from '../../model/platform.ts';
import type { Stage } from './credentials.ts';

interface NeededScope {
  readonly scope: string;
  /** What does not work without it, as the end of a sentence. */
  readonly withoutIt: string;
  /** Why the app needs it, for the reviewers. */
  readonly why: string;
}

/**
 * What every consent asks for; change it here and nowhere else. Each one is reviewed by itself.
 * https://developers.tiktok.com/doc/tiktok-api-scopes (2026-11-23) [O; that `username` needs user.info.profile: C]
 */
export const neededScopes: readonly NeededScope[] = [
  {
    scope: 'user.info.basic',
    withoutIt: 'the connector cannot see whose account this is',
    why: 'To show the creator which of their accounts is connected, by display name and avatar, before anything is posted.',
  },
  {
    scope: 'user.info.profile',
    withoutIt: 'the username cannot be shown',
    why: 'To show the username beside the display name, so that nobody posts to the wrong one of two accounts.',
  },
  {
    scope: 'video.upload',
    withoutIt: 'no draft can be sent to the inbox of the TikTok app',
    why: 'To send a video as a draft, which the creator completes and posts in the TikTok app.',
  },
  {
    scope: 'video.publish',
    withoutIt: 'no video can be posted directly',
    why: 'To post a video to the account with the title, the visibility and the interaction settings that the creator chose.',
  },
];

// A map, because what is looked up is what TikTok sent, and every object has a `constructor`.
const unlocks: ReadonlyMap<string, readonly Capability[]> = new Map([
  ['user.info.basic', ['read']],
  ['user.info.profile', ['read']],
  ['user.info.stats', ['read']],
  ['video.upload', ['post']],
  ['video.publish', ['post']],
]);

/** What a connection with these scopes can do. TikTok has no call that deletes a post, and a sandbox posts nothing. */
export function capabilitiesOf(scopes: readonly string[], stage: Stage): readonly Capability[] {
  const unlocked = new Set(scopes.flatMap((scope) => unlocks.get(scope) ?? []));
  if (stage === 'sandbox') unlocked.delete('post');
  return [...unlocked];
}

/** The needed scopes that were not granted. */
export function missingScopes(granted: readonly string[]): readonly NeededScope[] {
  return neededScopes.filter(({ scope }) => !granted.includes(scope));
}
