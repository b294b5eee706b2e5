import pg from 'pg';
import { z } from 'zod';

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
// server shutting down, crashing or starting.
const lostCodes: ReadonlySet<string> = new Set([
  ...['08000', '08001', '08003', '08004', '08006', '57P01', '57P02', '57P03'],
  ...['ECONNRESET', 'EPIPE', 'ETIMEDOUT'],
]);
const awayCodes: ReadonlySet<string> = new Set([
  ...['53300', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT'],
]);

/** True when the connection broke under a statement; whether the statement took effect is unknown. */
export function isConnectionLost(error: unknown): boolean {
  return lostCodes.has(codeOf(error)) || (error instanceof Error && error.message.startsWith('Connection terminated'));
}

/** True when Postgres could not be asked, as opposed to having refused: later it may work. */
export function isDatabaseAway(error: unknown): boolean {
  if (isConnectionLost(error) || awayCodes.has(codeOf(error))) return true;
  // A host with several addresses fails with all of their reasons at once.
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  return error instanceof Error && /^(Query read timeout|timeout exceeded|timeout expired)/.test(error.message);
}

const codeSchema = z.object({ code: z.string() });

function codeOf(error: unknown): string {
  return codeSchema.safeParse(error).data?.code ?? '';
}
