import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { withBuildLock } from './build-lock.ts';
import { makeFolder } from './complete-folder.ts';
import { checkManifest, writeManifest, type Made, type Manifest } from './manifest.ts';

/** A folder of the cache whose executables were checked against their recorded SHA-256. */
export interface CacheEntry {
  readonly directory: string;
  readonly manifest: Manifest;
}

/** What an entry is looked up by: it changes whenever anything that it is made from changes. */
export interface CacheKey {
  readonly name: string;
  readonly version: string;
  /** A digest of all that decides about the content apart from the version. */
  readonly recipe: string;
}

/** How an entry is looked up. */
export interface CacheOptions {
  /** The cache's folder; the user's own by default. */
  readonly root?: string;
  /** Hash each executable again even if its size and time have not changed. */
  readonly verify?: boolean;
}

/** The folder for what was fetched and built: `$XDG_CACHE_HOME/platform-connector`, or below `~/.cache`. */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  const configured = environment['XDG_CACHE_HOME'];
  // The XDG specification: a path that is not absolute counts as not set.
  const base = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  return join(base, 'platform-connector');
}

/** A short digest of the given texts, for a cache key. */
export function digestOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  // The length in front keeps ['ab', 'c'] and ['a', 'bc'] apart.
  for (const part of parts) hash.update(`${String(part.length)}:`).update(part);
  return hash.digest('hex').slice(0, 12);
}

/** Where an entry lies, whether it exists or not. */
export function entryDirectory(key: CacheKey, options: CacheOptions = {}): string {
  const folder = `${key.version}-${process.platform}-${process.arch}-${key.recipe}`;
  return join(options.root ?? cacheRoot(), 'engines', key.name, folder);
}

/** Opens an entry; undefined when there is none or when it is damaged. */
export async function openEntry(key: CacheKey, options: CacheOptions = {}): Promise<CacheEntry | undefined> {
  const directory = entryDirectory(key, options);
  const manifest = await checkManifest(directory, options.verify ?? false);
  return manifest === undefined ? undefined : { directory, manifest };
}

/**
 * Opens an entry, or makes it: `make` fills a temporary folder beside the entry, which takes the entry's name only when it
 * is complete. So an interruption at any moment leaves nothing half-made, and of two processes one waits for the other.
 */
export async function openOrMakeEntry(
  key: CacheKey,
  make: (directory: string) => Promise<Made>,
  options: CacheOptions = {},
): Promise<CacheEntry> {
  const directory = entryDirectory(key, options);
  await mkdir(dirname(directory), { recursive: true });
  return withBuildLock(`${directory}.lock`, async () => {
    // Another process may have made it while this one waited for the lock.
    const existing = await openEntry(key, options);
    if (existing !== undefined) return existing;
    const manifest = await makeFolder(directory, async (partial) => writeManifest(partial, await make(partial)));
    return { directory, manifest };
  });
}
