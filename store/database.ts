import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { explainRefusal } from './explain-refusal.ts';
import { isConnectionLost, isNeverSent, isStatementLost } from './pool.ts';

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
  /** Runs again only if Postgres has not seen it; else the caller judges what became of it. */
  readonly write: Run;
  /** For a read over whole tables: it may take ten minutes, whatever the server's or the role's limit is. */
  readonly longRead: Run;
  transaction<Result>(work: (run: Run) => Promise<Result>): Promise<Result>;
}

// A restart of Postgres or of a pooler breaks every pooled connection at once, the pool may hand out a second broken
// one, and for a moment nobody listens.
const pausesMs = [0, 50, 200, 500, 1_000];
const longReadMs = 600_000;

/**
 * Wraps a pool. Statements with a name are prepared, unless `preparedStatements` is false or it turns out that a pooler
 * hands each transaction to another session, which does not know them: from then on they go without a name.
 */
export function createDatabase(pool: pg.Pool, options: { preparedStatements: boolean }): Database {
  // Without a listener, an idle connection that breaks ends the process. The pool has already forgotten it.
  pool.on('error', ignore);
  let prepares = options.preparedStatements;
  const runPrepared: Run = async <Row extends pg.QueryResultRow>(statement: Statement, values: readonly unknown[]) => {
    if (!prepares) return ask<Row>(pool, queryOf(statement.text, values));
    try {
      return await ask<Row>(pool, { ...queryOf(statement.text, values), ...nameOf(statement) });
    } catch (error) {
      // Postgres says so before it executes anything, so that also a write may be sent again.
      if (!isStatementLost(error)) throw error;
      prepares = false;
      return ask<Row>(pool, queryOf(statement.text, values));
    }
  };
  const repeating =
    (mayRepeat: (error: unknown) => boolean): Run =>
    async <Row extends pg.QueryResultRow>(statement: Statement, values: readonly unknown[]) => {
      for (const pauseMs of pausesMs) {
        try {
          return await runPrepared<Row>(statement, values);
        } catch (error) {
          if (!mayRepeat(error)) throw error;
          await sleep(pauseMs);
        }
      }
      return runPrepared<Row>(statement, values);
    };
  return {
    read: repeating((error) => isConnectionLost(error) || isNeverSent(error)),
    write: repeating(isNeverSent),
    longRead: <Row extends pg.QueryResultRow>({ text }: Statement, values: readonly unknown[]) =>
      inTransaction(pool, async (_run, client) => {
        // For this transaction only: behind a pooler the session is somebody else's a moment later.
        await client.query(`set local statement_timeout = ${longReadMs}`);
        return ask<Row>(client, { ...queryOf(text, values), query_timeout: longReadMs });
      }),
    transaction: (work) => inTransaction(pool, work),
  };
}

interface Query extends pg.QueryConfig<unknown[]> {
  /** In place of the pool's; missing in pg's types. https://node-postgres.com/apis/client (checked 2026-11-23) */
  readonly query_timeout?: number;
}

async function ask<Row extends pg.QueryResultRow>(target: pg.Pool | pg.PoolClient, query: Query): Promise<Row[]> {
  try {
    return (await target.query<Row>(query)).rows;
  } catch (error) {
    throw explainRefusal(error);
  }
}

function queryOf(text: string, values: readonly unknown[]): Query {
  return { text, values: [...values], types };
}

const names = new Map<string, { name: string }>();

/**
 * A name that no other text has: behind a pooler, a session may know what an older or newer program prepared, and the
 * same name would run that.
 */
function nameOf({ name, text }: Statement): { name?: string } {
  if (name === undefined) return {};
  const known = names.get(text);
  if (known !== undefined) return known;
  const made = { name: `${name}_${createHash('sha256').update(text).digest('hex').slice(0, 8)}` };
  names.set(text, made);
  return made;
}

/** The one row of a statement that gives one or none. */
export function first<Row>(rows: readonly Row[]): Row | null {
  return rows[0] ?? null;
}

async function inTransaction<Result>(
  pool: pg.Pool,
  work: (run: Run, client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await connected(pool);
  client.on('error', ignore);
  // Without names: a statement that a pooler has lost would fail the whole transaction.
  const run: Run = ({ text }, values) => ask(client, queryOf(text, values));
  let broken = true;
  try {
    await client.query('begin');
    const result = await work(run, client);
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

async function connected(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw explainRefusal(error);
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
