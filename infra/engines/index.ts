import { chromiumEngine } from './chromium.ts';
import type { Engine, ObtainOptions } from './engine.ts';
import { pgbouncerEngine } from './pgbouncer.ts';
import { postgresEngine } from './postgres.ts';
import { pulumiPostgresqlEngine } from './pulumi-postgresql.ts';
import { pulumiEngine } from './pulumi.ts';
import { temporalTestServerEngine } from './temporal-test-server.ts';
import { temporalEngine } from './temporal.ts';
import { reasonOf } from './unavailable.ts';

const engines = {
  postgres: postgresEngine,
  temporal: temporalEngine,
  'temporal-test-server': temporalTestServerEngine,
  pulumi: pulumiEngine,
  'pulumi-postgresql': pulumiPostgresqlEngine,
  chromium: chromiumEngine,
  pgbouncer: pgbouncerEngine,
};

/** The engines that this project can have without a person's help. */
export type EngineName = keyof typeof engines;

/** The engines that the connector itself runs on. Those that may install a system package are for tests alone. */
export const engineNames: readonly EngineName[] = [
  'postgres',
  'temporal',
  'temporal-test-server',
  'pulumi',
  'pulumi-postgresql',
];

/**
 * Gives the named engines, all at once. When some can't be had, the others are still made ready, and the error then says
 * of each what was tried.
 */
export async function haveEngines<Name extends EngineName>(
  names: readonly Name[],
  options: ObtainOptions = {},
): Promise<Record<Name, Engine>> {
  const settled = await Promise.allSettled(names.map((name) => engines[name](options)));
  const failures: unknown[] = [];
  const had: Partial<Record<Name, Engine>> = {};
  for (const [index, name] of names.entries()) {
    const result = settled[index];
    if (result?.status === 'fulfilled') had[name] = result.value;
    else failures.push(result?.reason);
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) {
    throw new AggregateError(failures, failures.map(reasonOf).join('\n\n'));
  }
  assertAll(had, names);
  return had;
}

/** The folders to put in front of PATH so that the given engines are found by their names, without repetition. */
export function pathEntriesOf(engines: Iterable<Engine>): string[] {
  return [...new Set([...engines].flatMap((engine) => engine.pathEntries))];
}

function assertAll<Name extends string>(
  had: Partial<Record<Name, Engine>>,
  names: readonly Name[],
): asserts had is Record<Name, Engine> {
  for (const name of names) if (had[name] === undefined) throw new Error(`${name} is missing`);
}

export {
  chromiumEngine,
  pgbouncerEngine,
  postgresEngine,
  pulumiEngine,
  pulumiPostgresqlEngine,
  temporalEngine,
  temporalTestServerEngine,
};
export type { Engine, ObtainOptions };
