import pg from 'pg';
import { isConnectionLost } from './pool.ts';

/** A statement; `name` makes it a prepared one, for those that run often. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

/** Runs one statement and gives its rows. The row's type is the statement's promise; nobody checks it. */
export type Run = <Row extends pg.QueryResultRow>(statement: Statement, values: readonly unknown[]) => Promise<Row[]>;

/** Statements on a pool: bigints come as numbers, instants as ISO 8601 in UTC with milliseconds. */
export interface Database {
  /** For what changes nothing: a connection that broke is not seen, the statement runs again on another. */
  readonly read: Run;
  readonly write: Run;
  transaction<Result>(work: (run: Run) => Promise<Result>): Promise<Result>;
}

// A restart of Postgres breaks every pooled connection at once, and the pool may hand out a second broken one.
const readAttempts = 3;

/** Wraps a pool. `preparedStatements: false` is for poolers in transaction mode, which lose them. */
export function createDatabase(pool: pg.Pool, options: { preparedStatements: boolean }): Database {
  // Without a listener, an idle connection that breaks ends the process. The pool has already forgotten it.
  pool.on('error', ignore);
  const runOn =
    (target: pg.Pool | pg.PoolClient): Run =>
    async <Row extends pg.QueryResultRow>({ name, text }: Statement, values: readonly unknown[]) => {
      const query: pg.QueryConfig<unknown[]> = { text, values: [...values], types };
      if (name !== undefined && options.preparedStatements) query.name = name;
      return (await target.query<Row>(query)).rows;
    };
  const write = runOn(pool);
  return {
    write,
    read: async (statement, values) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await write(statement, values);
        } catch (error) {
          if (attempt === readAttempts || !isConnectionLost(error)) throw error;
        }
      }
    },
    transaction: (work) => inTransaction(pool, runOn, work),
  };
}

/** The one row of a statement that gives one or none. */
export function first<Row>(rows: readonly Row[]): Row | null {
  return rows[0] ?? null;
}

async function inTransaction<Result>(
  pool: pg.Pool,
  runOn: (client: pg.PoolClient) => Run,
  work: (run: Run) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  client.on('error', ignore);
  let broken = true;
  try {
    await client.query('begin');
    const result = await work(runOn(client));
    await client.query('commit');
    broken = false;
    return result;
  } catch (error) {
    broken = await client.query('rollback').then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(broken);
  }
}

function ignore(): void {
  // The statement that runs on the connection, or the next one, reports what broke.
}

const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, toInstant);

const earliest = '0000-01-01T00:00:00.000Z';
const latest = '9999-12-31T23:59:59.999Z';
const parsers: { getTypeParser(oid: number): (text: string) => unknown } = pg.types;
const parseTimestamp = parsers.getTypeParser(pg.types.builtins.TIMESTAMPTZ);

/** An instant as text; `infinity` and years of more than four digits become the last instant that sorts as a text. */
function toInstant(text: string): string {
  const parsed = parseTimestamp(text);
  if (!(parsed instanceof Date)) return parsed === -Infinity ? earliest : latest;
  const year = parsed.getUTCFullYear();
  if (year > 9999) return latest;
  return year < 0 ? earliest : parsed.toISOString();
}
