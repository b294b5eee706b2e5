import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { pgbouncerEngine } from '../../infra/engines/pgbouncer.ts';
import { ordinaryUser } from '../../infra/ordinary-user.ts';

/** A PgBouncer in transaction mode, as hosts put it in front of Postgres: a session lasts as long as a transaction. */
export interface PgBouncer {
  readonly port: number;
  /** The same login, through the pooler. */
  through(databaseUrl: string): string;
  /** Ends it with all of its connections, and starts it again at the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface PgBouncerOptions {
  /** Where Postgres is, by a login that the pooler uses itself. */
  readonly serverUrl: string;
  /** Whom it lets in. Null: it looks passwords up in the server, as a superuser, so that it knows roles that come later. */
  readonly logins: readonly string[] | null;
  /** Sessions for each role and database; all clients share them. */
  readonly poolSize: number;
  /** Further lines of its settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Null where PgBouncer is not there and cannot be installed, as for a developer who is not root, where that is said; in
 * CI that is an error.
 */
export async function findPgBouncer(): Promise<string | null> {
  try {
    return (await pgbouncerEngine()).path;
  } catch (error) {
    if (process.env['CI'] !== undefined || process.getuid?.() === 0) throw error;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return null;
  }
}

/** Starts it on a free port of the loopback address. */
export async function startPgBouncer(program: string, options: PgBouncerOptions): Promise<PgBouncer> {
  const directory = await mkdtemp(join(tmpdir(), 'connector-pgbouncer-'));
  const port = await getPort({ host: '127.0.0.1' });
  const asUser = await ordinaryUser(directory, program);
  const log = join(directory, 'pgbouncer.log');
  await writeFile(join(directory, 'pgbouncer.ini'), settingsFor(directory, port, options));
  const users = [options.serverUrl, ...(options.logins ?? [])].map((login) => {
    const { username, password } = new URL(login);
    return `"${username}" "${decodeURIComponent(password)}"\n`;
  });
  await writeFile(join(directory, 'users.txt'), users.join(''));
  const line = asUser({ command: program, args: [join(directory, 'pgbouncer.ini')] });
  const start = async (): Promise<ChildProcess> => {
    const output = await open(log, 'a');
    const child = spawn(line.command, line.args, { stdio: ['ignore', output.fd, output.fd] });
    await output.close();
    const gone = once(child, 'exit');
    for (let attempt = 0; !(await listens(port)); attempt += 1) {
      const ended = await Promise.race([gone.then(() => true), sleep(50, false)]);
      if (ended || attempt > 200) throw new Error(`PgBouncer did not start:\n${await readFile(log, 'utf8')}`);
    }
    return child;
  };
  let child = await start();
  const end = async (): Promise<void> => {
    const gone = once(child, 'exit');
    // SIGTERM ends it at once, SIGINT would wait for transactions. https://www.pgbouncer.org/usage.html (checked 2026-11-23)
    child.kill('SIGTERM');
    await gone;
  };
  return {
    port,
    through: (databaseUrl) => through(databaseUrl, port),
    restart: async () => {
      await end();
      child = await start();
    },
    stop: async () => {
      await end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function settingsFor(directory: string, port: number, options: PgBouncerOptions): string {
  const server = new URL(options.serverUrl);
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    pool_mode: 'transaction',
    default_pool_size: String(options.poolSize),
    max_client_conn: '500',
    auth_type: 'scram-sha-256',
    auth_file: join(directory, 'users.txt'),
    ...(options.logins === null
      ? { auth_user: server.username, auth_query: 'select usename, passwd from pg_shadow where usename = $1' }
      : {}),
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return `[databases]\n* = host=${server.hostname} port=${server.port}\n[pgbouncer]\n${lines.join('\n')}\n`;
}

function through(databaseUrl: string, port: number): string {
  const url = new URL(databaseUrl);
  url.port = String(port);
  return url.href;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
