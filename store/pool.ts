import pg from 'pg';
import { z } from 'zod';
import { DatabaseSetUpError } from './explain-refusal.ts';

export interface PoolSettings {
  readonly databaseUrl: string;
  /** At most this many connections to Postgres at a time; default 10. */
  readonly maxConnections?: number;
}

/**
 * Opens a pool whose waits all end: 5 s for a connection, 15 s for a statement. The limit is kept on this side, because
 * poolers refuse a session that asks Postgres for it.
 */
export function createPool(settings: PoolSettings): pg.Pool {
  return new pg.Pool({
    connectionString: settings.databaseUrl,
    max: settings.maxConnections ?? 10,
    application_name: 'connector',
    connectionTimeoutMillis: 5_000,
    query_timeout: 15_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
  });
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html (checked 2026-11-23): connection exceptions, the
// server shutting down or crashing, sessions that it ended because they were idle or their transaction too long.
const lostCodes: ReadonlySet<string> = new Set([
  ...['08000', '08001', '08003', '08004', '08006', '57P01', '57P02', '57P05', '25P03', '25P04'],
  ...['ECONNRESET', 'EPIPE', 'ETIMEDOUT'],
]);
// Said before a session exists: nobody listens, the server starts, or it has no session left.
const unsentCodes: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'EADDRNOTAVAIL', 'ENETUNREACH', 'ENOENT', 'EAI_AGAIN', '53300', '57P03'],
]);
// A limit of the server's was hit: statement_timeout or a cancellation, lock_timeout, a deadlock, a conflict.
const exhaustedCodes: ReadonlySet<string> = new Set(['57014', '55P03', '40001', '40P01']);
const awayCodes: ReadonlySet<string> = new Set(['EHOSTUNREACH', 'ENOTFOUND']);

/** True when the connection broke under a statement; whether the statement took effect is unknown. */
export function isConnectionLost(error: unknown): boolean {
  const { code, severity } = signOf(error);
  if (lostCodes.has(code) || isPoolerEnding(code, severity)) return true;
  return error instanceof Error && /^(Connection terminated|Client .+ not queryable)/.test(error.message);
}

/** True when no session was had, so that Postgres has never seen the statement. */
export function isNeverSent(error: unknown): boolean {
  // A host with several addresses fails with all of their reasons at once.
  if (error instanceof AggregateError) return error.errors.every(isNeverSent);
  return unsentCodes.has(signOf(error).code);
}

/** True when the session has no prepared statement of that name, or already has one: somebody pools sessions. */
export function isStatementLost(error: unknown): boolean {
  return ['26000', '42P05'].includes(signOf(error).code);
}

/** True when Postgres could not be asked or gave up, as opposed to having refused: later it may work. */
export function isDatabaseAway(error: unknown): boolean {
  if (isConnectionLost(error) || isNeverSent(error) || error instanceof DatabaseSetUpError) return true;
  const { code } = signOf(error);
  if (exhaustedCodes.has(code) || awayCodes.has(code)) return true;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  return error instanceof Error && /^(Query read timeout|timeout exceeded|timeout expired)/.test(error.message);
}

/**
 * PgBouncer ends a client with a protocol violation when it shuts down, has lost the server or let it wait too long.
 * https://github.com/pgbouncer/pgbouncer/blob/pgbouncer_1_18_0/src/proto.c (checked 2026-11-23)
 */
function isPoolerEnding(code: string, severity: string): boolean {
  return code === '08P01' && severity === 'FATAL';
}

const signSchema = z.object({ code: z.string().default(''), severity: z.string().default('') });
const noSign = { code: '', severity: '' };

function signOf(error: unknown): z.infer<typeof signSchema> {
  return signSchema.safeParse(error).data ?? noSign;
}
