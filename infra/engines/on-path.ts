import { access, constants, realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';
import { execa } from 'execa';
import { cacheRoot } from './cache.ts';
import type { Found } from './engine.ts';
import { describeRange, fits, formatVersion, parseVersion, type VersionRange } from './version.ts';

/** An executable that may be on PATH already. */
export interface Wanted {
  /** The names it goes by, the preferred one first. */
  readonly names: readonly string[];
  readonly range: VersionRange;
  /** Arguments with which it prints its version. */
  readonly versionArguments: readonly string[];
  /** Folders to look in after PATH. */
  readonly alsoIn?: readonly string[];
}

/**
 * The absolute path of the first executable of that name on PATH, undefined when there is none. What lies in this
 * project's own cache does not count: it is there to be checked, not to be found.
 */
export async function findOnPath(name: string, path = process.env['PATH'] ?? ''): Promise<string | undefined> {
  const cache = await realpath(cacheRoot()).catch(cacheRoot);
  for (const folder of path.split(delimiter)) {
    // npm puts `node_modules/.bin` first on PATH: a package's wrapper there is not the engine.
    if (!isAbsolute(folder) || folder.endsWith(join('node_modules', '.bin'))) continue;
    const candidate = join(folder, name);
    if (!(await isExecutable(candidate))) continue;
    const real = await realpath(candidate);
    if (!candidate.startsWith(cacheRoot() + sep) && !real.startsWith(cache + sep)) return candidate;
  }
  return undefined;
}

/** Finds an executable on PATH whose version fits; throws an error that says why there is none. */
export async function findFitting(wanted: Wanted): Promise<{ path: string; version: string }> {
  const rejected: string[] = [];
  const folders = [process.env['PATH'] ?? '', ...(wanted.alsoIn ?? [])].join(delimiter);
  for (const name of wanted.names) {
    const path = await findOnPath(name, folders);
    if (path === undefined) continue;
    const version = await versionOf(path, wanted.versionArguments);
    if (version === undefined) rejected.push(`${path} does not tell its version`);
    else if (!fits(version, wanted.range)) {
      rejected.push(`${path} is ${formatVersion(version)}, needed is ${describeRange(wanted.range)}`);
    } else return { path, version: formatVersion(version) };
  }
  throw new Error(rejected.length > 0 ? rejected.join('; ') : `no ${wanted.names.join(' or ')} there`);
}

/** Finds an engine on PATH that needs nothing besides its one executable. */
export async function findSingle<Executable extends string>(
  wanted: Wanted,
  toExecutables: (path: string) => Readonly<Record<Executable, string>>,
): Promise<Found<Executable>> {
  const { path, version } = await findFitting(wanted);
  return { version, executables: toExecutables(path), how: `${path} is on PATH` };
}

/** Finds an executable in the folder of another or on PATH. */
export async function findBeside(neighbour: string, name: string): Promise<string | undefined> {
  const beside = join(dirname(await realpath(neighbour)), name);
  return (await isExecutable(beside)) ? beside : findOnPath(name);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function versionOf(path: string, versionArguments: readonly string[]): Promise<ReturnType<typeof parseVersion>> {
  // A wrapper script that asks something or downloads must not hold up the start.
  const result = await execa(path, versionArguments, { reject: false, stdin: 'ignore', timeout: 5_000, all: true });
  return result.failed ? undefined : parseVersion(result.all);
}
