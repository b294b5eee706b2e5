import { type Database, first } from './database.ts';
import { digestOf, isSecret, newSecret } from './random-secrets.ts';

/** How long a login link works, and how long a session lives: in all, and without being seen. */
export const consoleLifetimes = { ticketMs: 10 * 60_000, sessionMs: 12 * 3_600_000, idleMs: 3_600_000 } as const;

/** Who may look at the console. Tickets and sessions are given out once; what is kept of them is a digest. */
export interface ConsoleSessions {
  /** Makes the ticket of a login link, which works once. */
  invite(lifetimeMs?: number): Promise<{ readonly ticket: string; readonly expiresAt: string }>;
  /**
   * Spends a ticket for a new session, and ends the one that the browser had before. Null: the ticket is unknown, used or
   * late; of two who give it at once, one gets a session.
   */
  redeem(ticket: string, options?: { lifetimeMs?: number; instead?: string | undefined }): Promise<string | null>;
  /** True of a session that lives, which is thereby seen; false once it has ended, or was not seen for `idleMs`. */
  see(session: string, idleMs?: number): Promise<boolean>;
  end(session: string): Promise<void>;
  /** Ends all sessions, and all tickets that nobody has spent; gives how many sessions there were. */
  endAll(): Promise<number>;
}

const insertTicket = `
  with forgotten as (delete from connector.login_tickets where expires_at < now())
  insert into connector.login_tickets (digest, expires_at)
  values ($1, clock_timestamp() + $2 * interval '1 millisecond')
  returning expires_at as "expiresAt"`;

const spendTicket = `
  with spent as (
    delete from connector.login_tickets where digest = $1 and expires_at > clock_timestamp() returning digest
  ), gone as (
    delete from connector.console_sessions
    where expires_at < now() or (digest = $3 and exists (select from spent))
  )
  insert into connector.console_sessions (digest, expires_at)
  select $2, clock_timestamp() + $4 * interval '1 millisecond' from spent
  returning created_at as "createdAt"`;

const seeSession = `
  update connector.console_sessions set seen_at = clock_timestamp()
  where digest = $1 and expires_at > clock_timestamp()
    and seen_at > clock_timestamp() - $2 * interval '1 millisecond'
  returning seen_at as "seenAt"`;

const endSession = `delete from connector.console_sessions where digest = $1`;

const endAllSessions = `
  with void as (delete from connector.login_tickets)
  delete from connector.console_sessions returning expires_at > now() as "wasAlive"`;

/** The rows of `connector.login_tickets` and `connector.console_sessions`. */
export function createConsoleSessions(database: Database): ConsoleSessions {
  return {
    invite: async (lifetimeMs = consoleLifetimes.ticketMs) => {
      const ticket = newSecret();
      const values = [digestOf(ticket), lifetimeMs];
      const made = first(await database.write<{ expiresAt: string }>({ text: insertTicket }, values));
      if (made === null) throw new Error('The login link could not be kept. Ask for another.');
      return { ticket, expiresAt: made.expiresAt };
    },
    redeem: async (ticket, { lifetimeMs = consoleLifetimes.sessionMs, instead } = {}) => {
      if (!isSecret(ticket)) return null;
      const session = newSecret();
      const former = instead === undefined ? null : digestOf(instead);
      const values = [digestOf(ticket), digestOf(session), former, lifetimeMs];
      return first(await database.write({ text: spendTicket }, values)) === null ? null : session;
    },
    see: async (session, idleMs = consoleLifetimes.idleMs) => {
      if (!isSecret(session)) return false;
      return first(await database.write({ text: seeSession }, [digestOf(session), idleMs])) !== null;
    },
    end: async (session) => {
      await database.write({ text: endSession }, [digestOf(session)]);
    },
    endAll: async () => {
      const ended = await database.write<{ wasAlive: boolean }>({ text: endAllSessions }, []);
      return ended.filter(({ wasAlive }) => wasAlive).length;
    },
  };
}
