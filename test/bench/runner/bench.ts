import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

/** What a bench found out: an object or an array, printed as one JSON value. */
export type Figures = object;

/** Tells a person who waits what is being done; never part of the result. */
export type Progress = (line: string) => void;

/** One thing that is measured. `test/bench/NAME.ts` exports it as `bench`; nothing else must be told of it. */
export interface Bench<Options extends z.ZodObject = z.ZodObject> {
  /** The file's name without `.ts`. */
  readonly name: string;
  /** One sentence: what it measures, and what it promises. */
  readonly about: string;
  /** Its options and their defaults, by camelCase name: `--some-option 3` sets `someOption`, a boolean is a flag. */
  readonly options: Options;
  /** Measures. Postgres runs already; whatever else it starts, it stops. Throws BrokenPromise. */
  run(options: z.output<Options>, progress: Progress): Promise<Figures>;
}

/** The bench ran to its end and found that what we promise does not hold; the figures tell how far. */
export class BrokenPromise extends Error {
  readonly figures: Figures;

  constructor(message: string, figures: Figures) {
    super(message);
    this.name = 'BrokenPromise';
    this.figures = figures;
  }
}

/** Checks a bench's options against its types; the bench itself stays as it is. */
export function defineBench<Options extends z.ZodObject>(bench: Bench<Options>): Bench<Options> {
  return bench;
}

const isFunction = (value: unknown): boolean => typeof value === 'function';

const benchModule = z.object({
  bench: z.object({
    name: z.string(),
    about: z.string(),
    options: z.custom<z.ZodObject>((value) => value instanceof z.ZodObject, 'must be z.strictObject({ … })'),
    run: z.custom<Bench['run']>(isFunction, 'must be a function'),
  }),
});

const benchesFolder = join(import.meta.dirname, '..');
const entryPoint = 'main';

/** The bench in `NAME.ts` of a folder; null when there is no such file or it exports none. */
export async function loadBench(name: string, directory: string = benchesFolder): Promise<Bench | null> {
  const file = join(directory, `${name}.ts`);
  if (!/^[a-z][a-z0-9-]*$/.test(name) || name === entryPoint || !existsSync(file)) return null;
  const module: object = z.looseObject({}).parse(await import(pathToFileURL(file).href));
  if (!('bench' in module)) return null;
  const wrong = (path: readonly PropertyKey[] = []): string => `${file} is wrong at ${path.join('.')}.`;
  const { bench } = benchModule.parse(module, { error: ({ path }) => wrong(path) });
  if (bench.name !== name) throw new Error(`${file} calls its bench "${bench.name}"; use the file's name.`);
  return bench;
}

/** All benches of a folder, by name. */
export async function loadBenches(directory: string = benchesFolder): Promise<readonly Bench[]> {
  const files = readdirSync(directory).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const benches = await Promise.all(files.sort().map((file) => loadBench(file.slice(0, -'.ts'.length), directory)));
  return benches.filter((bench) => bench !== null);
}
