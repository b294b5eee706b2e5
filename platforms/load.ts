import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { isPlatform } from './define-platform.ts';
import type { Platform } from './platform.ts';

const platformModule = z.object({ platform: z.unknown() });

/**
 * All platforms: the folders in `directory` with an `index.ts` that exports `platform`, ordered by id. Throws when a
 * folder breaks the rules: its id is its name, and no name belongs to two platforms.
 */
export async function loadPlatforms(directory: string = import.meta.dirname): Promise<readonly Platform[]> {
  const folders = await readdir(directory, { withFileTypes: true });
  const names = folders.filter((folder) => folder.isDirectory()).map((folder) => folder.name);
  const loaded = await Promise.all(names.sort().map((name) => loadPlatform(directory, name)));
  const platforms = loaded.filter((platform) => platform !== null);
  checkNames(platforms);
  return platforms;
}

async function loadPlatform(directory: string, name: string): Promise<Platform | null> {
  const file = path.join(directory, name, 'index.ts');
  const found = await stat(file).catch(() => null);
  if (found === null) return null;
  const module: unknown = await import(pathToFileURL(file).href);
  const parsed = platformModule.safeParse(module);
  if (!parsed.success || !isPlatform(parsed.data.platform)) {
    throw new Error(`platforms/${name}/index.ts must export \`platform\`, made by definePlatform.`);
  }
  const { platform } = parsed.data;
  if (platform.id !== name) {
    throw new Error(`platforms/${name}/index.ts calls its platform "${platform.id}"; id and folder must be the same.`);
  }
  return platform;
}

function namesOf(platform: Platform): readonly string[] {
  return [...new Set([platform.id, ...platform.answersFor, ...platform.aliases])];
}

function checkNames(platforms: readonly Platform[]): void {
  const owners = new Map<string, string>();
  for (const platform of platforms) {
    for (const name of namesOf(platform)) {
      const owner = owners.get(name);
      if (owner !== undefined) throw new Error(`Both ${owner} and ${platform.id} answer for "${name}"; only one may.`);
      owners.set(name, platform.id);
    }
  }
}

/** Somebody asked for a platform that is not there. */
export class UnknownPlatformError extends Error {
  constructor(name: string, platforms: readonly Platform[]) {
    super(`There is no platform "${name}". Known: ${platforms.flatMap(namesOf).join(', ')}.`);
    this.name = 'UnknownPlatformError';
  }
}

/**
 * The platform that answers for a name, be it its id, a platform that it answers for, or an alias; upper or lower case.
 * Throws UnknownPlatformError.
 */
export function resolvePlatform(platforms: readonly Platform[], name: string): Platform {
  const wanted = name.toLowerCase();
  const platform = platforms.find((candidate) => namesOf(candidate).includes(wanted));
  if (platform === undefined) throw new UnknownPlatformError(name, platforms);
  return platform;
}
