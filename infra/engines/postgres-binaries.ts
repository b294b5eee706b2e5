import { cp, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';

/** Where root keeps what other users must be able to start; like the user's cache, it may be deleted at any time. */
export const sharedCacheRoot = '/var/cache/platform-connector';

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** Tells whether every user may pass through all folders down to this one. */
export async function isReachableByOthers(folder: string): Promise<boolean> {
  for (let current = folder; ; current = dirname(current)) {
    if (((await stat(current)).mode & 0o001) === 0) return false;
    if (current === dirname(current)) return true;
  }
}

/**
 * Sets the links between the shared libraries: a package can't carry them, and where install scripts are not run nobody
 * else sets them.
 */
export async function restoreLinks(folder: string): Promise<void> {
  const listed = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of linksSchema.parse(JSON.parse(listed))) {
    // Both are given from the package's root, whose one folder this is.
    const link = join(folder, '..', target);
    if (await isThere(link)) continue;
    await symlink(join(relative(dirname(target), dirname(source)), basename(source)), link).catch((error: unknown) => {
      // Another process set it in between.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
  }
}

/** Copies the binaries into a folder; gives the paths of the executables relative to it. */
export async function copyBinaries(
  folder: string,
  directory: string,
): Promise<{ postgres: string; initdb: string; pgCtl: string }> {
  const copy = join(directory, 'native');
  await cp(folder, copy, { recursive: true, verbatimSymlinks: true });
  await restoreLinks(copy);
  return { postgres: 'native/bin/postgres', initdb: 'native/bin/initdb', pgCtl: 'native/bin/pg_ctl' };
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
