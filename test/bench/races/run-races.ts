import { createHash } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { createPool } from '../../../store/index.ts';
import { createTestDatabase } from '../../database.ts';
import { acts, type Act } from './acts.ts';
import { judgeRace } from './judge-race.ts';
import { courses, openRaceWorld, type CourseName, type Ground } from './race-world.ts';
import { actorsOf, beginStory, watchRow } from './story.ts';

export interface RacesRequest {
  /** The same seed runs the same races. */
  readonly seed: number;
  readonly runs: number;
  /** No race begins later than that. */
  readonly forMs: number;
  /** Of a race that broke a promise: only that one is run. */
  readonly path?: string;
}

export type Races = {
  readonly runs: number;
  /** Different orders of turns. */
  readonly interleavings: number;
  readonly turns: number;
  /** How many connections had which status in the end. */
  readonly ends: Readonly<Record<string, number>>;
  readonly broken: number;
  readonly seed: number;
  /** What was broken and how it came about; null: nothing. */
  readonly failure: string | null;
};

const names: readonly CourseName[] = ['tiktok', 'x'];

/** Runs races until one of them breaks a promise, or the runs or the time are over. */
export async function runRaces({ seed, runs, forMs, path }: RacesRequest): Promise<Races> {
  const database = await createTestDatabase();
  const ground: Ground = {
    pool: createPool({ databaseUrl: database.workerUrl, maxConnections: 10 }),
    admin: new pg.Pool({ connectionString: database.adminUrl, max: 2 }),
  };
  ground.admin.on('error', () => undefined);
  // Every race opens stores of its own on it.
  ground.pool.setMaxListeners(0);
  const seen = new Set<string>();
  const ends: Record<string, number> = {};
  let turns = 0;
  const property = fc.asyncProperty(fc.constantFrom(...names), acts, fc.scheduler(), async (name, given, scheduler) => {
    const { trace, end } = await race(ground, name, given, scheduler);
    turns += trace.length;
    ends[end] = (ends[end] ?? 0) + 1;
    seen.add(createHash('sha256').update(trace.join('\n')).digest('base64'));
  });
  try {
    const found = await fc.check(property, {
      ...{ seed, numRuns: runs, interruptAfterTimeLimit: forMs, markInterruptAsFailure: false },
      ...(path === undefined ? {} : { path }),
    });
    const failure = found.failed ? described(found) : null;
    return { runs: found.numRuns, interleavings: seen.size, turns, ends, broken: found.failed ? 1 : 0, seed, failure };
  } finally {
    await ground.pool.end();
    await ground.admin.end();
    await database.drop();
  }
}

/** One race; gives its turns in their order, and the status that it ended with. Throws with the promises that were broken and the turns that led there. */
async function race(
  ground: Ground,
  name: CourseName,
  given: readonly Act[],
  scheduler: fc.Scheduler,
): Promise<{ readonly trace: readonly string[]; readonly end: string }> {
  const world = await openRaceWorld(ground, name);
  try {
    const story = await beginStory(world);
    await world.turns.race(scheduler, actorsOf(world, story, given), watchRow(world, story));
    const wrong = await judgeRace(world, story);
    const { trace } = world.turns;
    if (wrong.length > 0) throw new Error([...wrong, `At ${courses[name].platform.name}:`, ...trace].join('\n'));
    const end = await world.lookOn.connections.facts(story.connectionId);
    return { trace, end: end?.status ?? 'gone' };
  } finally {
    await world.close();
  }
}

function described<Given>({ seed, counterexamplePath, counterexample, errorInstance }: fc.RunDetails<Given>): string {
  const what = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const again = `Again: npm run bench -- races --seed ${String(seed)} --path ${String(counterexamplePath)}`;
  return [what, `Acts: ${JSON.stringify(counterexample)}`, again].join('\n');
}
