import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { postgresEngine } from './engines/postgres.ts';
import { type CommandLine, ordinaryUser } from './ordinary-user.ts';

const run = promisify(execFile);
const superuser = 'postgres';
const startTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;

export interface EmbeddedPostgresOptions {
  /** Created when it is not there; its parents too. */
  readonly dataDirectory: string;
  readonly port: number;
  /** The superuser's, used when the directory is created. Not given: one is made up and kept in the directory. */
  readonly password?: string;
  /** Default: `server.log` in the data directory. Appended to. */
  readonly logFile?: string;
  /** Server settings by name, such as `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The server outlives this process. */
  readonly detached?: boolean;
}

export interface EmbeddedPostgres {
  /** Of the superuser, to the database `postgres`. */
  readonly url: string;
  readonly pid: number;
  /** A fast shutdown: open transactions are rolled back, what was committed stays. */
  stop(): Promise<void>;
}

/**
 * Starts an embedded Postgres on 127.0.0.1, creating its data directory the first time. A server
 * that was killed is started again over its directory.
 *
 * @throws Error with the end of the server's log, or saying that a server already runs there.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDirectory = resolve(options.dataDirectory);
  const { executables } = await postgresEngine();
  await mkdir(dirname(dataDirectory), { recursive: true });
  if (!(await exists(join(dataDirectory, 'PG_VERSION'))))
    await createCluster(options, dataDirectory, executables.initdb);
  await forgetReusedPid(dataDirectory);
  const running = await findEmbeddedPostgres(dataDirectory);
  if (running !== null) {
    throw new Error(`Postgres already runs on ${dataDirectory}, as process ${running.pid} on port ${running.port}.`);
  }
  const password = options.password ?? (await readFile(passwordFile(dataDirectory), 'utf8')).trim();
  const url = `postgres://${superuser}:${encodeURIComponent(password)}@127.0.0.1:${options.port}/postgres`;
  const logFile = options.logFile ?? join(dataDirectory, 'server.log');
  const asUser = await ordinaryUser(dataDirectory, executables.postgres);
  const line = asUser({ command: executables.postgres, args: serverArguments(options, dataDirectory) });
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const pid = await spawnServer(line, logFile, options.detached ?? false);
    if (await isReady(dataDirectory, pid, deadline)) {
      await signIn(url).catch(async (cause: unknown) => {
        await stopProcess(pid);
        throw new Error(`Postgres started over ${dataDirectory}, but does not let us in. Is it another password?`, {
          cause,
        });
      });
      return { url, pid, stop: () => stopProcess(pid) };
    }
    const log = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-8).join('\n');
    await stopProcess(pid);
    // A server killed a moment ago leaves children that hold its shared memory until they notice: try again.
    if (!log.includes('shared memory block') || Date.now() > deadline) {
      throw new Error(
        `Postgres did not start on port ${options.port} over ${dataDirectory}. Its log ends with:\n${log}`,
      );
    }
    await sleep(200);
  }
}

/** The server that runs over a data directory, whoever started it; null when there is none. */
export async function findEmbeddedPostgres(dataDirectory: string): Promise<{ pid: number; port: number } | null> {
  const lock = await readLock(resolve(dataDirectory));
  if (lock === null || !(await isServer(lock.pid, resolve(dataDirectory)))) return null;
  return { pid: lock.pid, port: lock.port };
}

/** Stops the server that runs over a data directory, also one that another process started. True when there was one. */
export async function stopEmbeddedPostgres(dataDirectory: string): Promise<boolean> {
  const running = await findEmbeddedPostgres(dataDirectory);
  if (running === null) return false;
  await stopProcess(running.pid);
  return true;
}

function passwordFile(dataDirectory: string): string {
  return join(dataDirectory, 'superuser-password');
}

/** Builds the cluster beside its place and moves it there when complete, so that a kill leaves no half of one. */
async function createCluster(options: EmbeddedPostgresOptions, dataDirectory: string, initdb: string): Promise<void> {
  const draft = `${dataDirectory}.new`;
  const password = join(draft, 'password');
  const cluster = join(draft, 'cluster');
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const asUser = await ordinaryUser(draft, initdb);
  await writeFile(password, options.password ?? randomBytes(24).toString('base64url'), { mode: 0o600 });
  const { uid, gid } = await stat(draft);
  await chown(password, uid, gid);
  const noSync = options.settings?.['fsync'] === 'off' ? ['--no-sync'] : [];
  const superuserAccess = ['-U', superuser, '--auth=scram-sha-256', `--pwfile=${password}`];
  const { command, args } = asUser({
    command: initdb,
    args: ['-D', cluster, ...superuserAccess, '--encoding=UTF8', '--locale=C', ...noSync],
  });
  await run(command, args, { env: { ...process.env, LC_ALL: 'C' } });
  if (options.password === undefined) await rename(password, passwordFile(cluster));
  await rename(cluster, dataDirectory);
  await rm(draft, { recursive: true, force: true });
}

function serverArguments(options: EmbeddedPostgresOptions, dataDirectory: string): string[] {
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...options.settings };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', dataDirectory, '-p', String(options.port), ...flags];
}

async function spawnServer(line: CommandLine, logFile: string, detached: boolean): Promise<number> {
  const log = await open(logFile, 'a', 0o600);
  try {
    const server = spawn(line.command, line.args, { stdio: ['ignore', log.fd, log.fd], detached });
    await once(server, 'spawn');
    // unshare and setpriv replace themselves by the server, so this is the server's own pid.
    server.unref();
    return server.pid ?? 0;
  } finally {
    await log.close();
  }
}

/**
 * True once the server has opened its port; false when it ended or the deadline passed. Its lock file tells, because at
 * the port somebody else's server may answer.
 */
async function isReady(dataDirectory: string, pid: number, deadline: number): Promise<boolean> {
  while (isAlive(pid) && Date.now() < deadline) {
    const lock = await readLock(dataDirectory);
    if (lock?.pid === pid && lock.ready) return true;
    await sleep(10);
  }
  return false;
}

async function signIn(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: startTimeoutMs });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}

async function stopProcess(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (isAlive(pid)) process.kill(pid, signal);
    const deadline = Date.now() + stopTimeoutMs;
    while (isAlive(pid) && Date.now() < deadline) await sleep(20);
    if (!isAlive(pid)) return;
  }
  throw new Error(`Postgres (process ${pid}) did not stop within ${2 * stopTimeoutMs} ms.`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

interface Lock {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

// https://github.com/postgres/postgres/blob/master/src/include/utils/pidfile.h (checked 2026-11-23): the first line is
// the process, the fourth the port, the eighth the state.
async function readLock(dataDirectory: string): Promise<Lock | null> {
  const text = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid = '', , , port = '', , , , state = ''] = text.split('\n');
  return Number(pid) > 0 ? { pid: Number(pid), port: Number(port), ready: state.trim() === 'ready' } : null;
}

/**
 * Postgres takes any living process with the pid of its lock file for itself and refuses to start. After a reboot, or
 * in a new container, that pid may be anybody's: then the file is removed.
 */
async function forgetReusedPid(dataDirectory: string): Promise<void> {
  const lock = await readLock(dataDirectory);
  if (lock === null || !isAlive(lock.pid) || (await isServer(lock.pid, dataDirectory))) return;
  await rm(join(dataDirectory, 'postmaster.pid'), { force: true });
}

async function isServer(pid: number, dataDirectory: string): Promise<boolean> {
  const fromProc = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  const line = fromProc ?? (await run('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => ({ stdout: '' }))).stdout;
  return line.includes('postgres') && line.split(/[\0 ]/).includes(dataDirectory);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
