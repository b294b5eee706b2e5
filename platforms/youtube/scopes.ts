import type { Capability } from '../../model/platform.ts';

const base = 'https://www.googleapis.com/auth/';

interface NeededScope {
  readonly scope: string;
  /** What does not work without it, as the end of a sentence. */
  readonly withoutIt: string;
}

/**
 * What every consent asks for; change it here and nowhere else. Both are sensitive scopes, which an app in production
 * may ask for behind a warning screen.
 * https://developers.google.com/youtube/v3/guides/auth/server-side-web-apps (2026-11-23) [U for "sensitive"]
 */
export const neededScopes: readonly NeededScope[] = [
  { scope: `${base}youtube.upload`, withoutIt: 'no video can be posted' },
  { scope: `${base}youtube.readonly`, withoutIt: 'the connector cannot see which channel this is, nor read from it' },
];

// Maps, because what is looked up is what Google sent, and every object has a `constructor`.
const unlocks: ReadonlyMap<string, readonly Capability[]> = new Map([
  [`${base}youtube.upload`, ['post']],
  [`${base}youtube.readonly`, ['read']],
  // videos.delete takes either of these two; upload and readonly are not enough (2026-11-23) [U].
  [`${base}youtube`, ['post', 'read', 'delete']],
  [`${base}youtube.force-ssl`, ['post', 'read', 'delete']],
  [`${base}yt-analytics.readonly`, ['analytics']],
]);

// The wide scopes contain the narrow ones: who granted `youtube` is not asked for `youtube.upload` again.
const contains: ReadonlyMap<string, readonly string[]> = new Map([
  [`${base}youtube`, [`${base}youtube.upload`, `${base}youtube.readonly`]],
  [`${base}youtube.force-ssl`, [`${base}youtube.upload`, `${base}youtube.readonly`]],
]);

/** What a connection with these scopes can do. */
export function capabilitiesOf(scopes: readonly string[]): readonly Capability[] {
  return [...new Set(scopes.flatMap((scope) => unlocks.get(scope) ?? []))];
}

/** The needed scopes that are covered by none of the granted ones. */
export function missingScopes(granted: readonly string[]): readonly NeededScope[] {
  const covered = new Set(granted.flatMap((scope) => [scope, ...(contains.get(scope) ?? [])]));
  return neededScopes.filter(({ scope }) => !covered.has(scope));
}
