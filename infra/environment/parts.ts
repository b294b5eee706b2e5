import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import { childEnvironment, projectRoot } from './child-environment.ts';
import type { EnvironmentHome } from './home.ts';
import { saidReady, spawnedPart, type Part } from './part.ts';
import { isPortFree } from './ports.ts';
import { identify, isRunning } from './process-identity.ts';
import type { EnvironmentRecord } from './record.ts';

const run = promisify(execFile);

/** What the parts of an environment are made from. */
export interface PartsRequest {
  readonly home: EnvironmentHome;
  readonly connectorHome: string;
  readonly env: NodeJS.ProcessEnv;
  readonly record: EnvironmentRecord;
}

/** The embedded Postgres. */
export function postgresPart({ home, record }: PartsRequest, password: string): Part {
  const logFile = join(home.logs, 'postgres.log');
  return {
    name: 'postgres',
    logFile,
    start: async (noteStarted) => {
      const port = portOf(record, 'postgres');
      const server = await startEmbeddedPostgres({
        dataDirectory: home.postgres,
        port,
        password,
        logFile,
        detached: true,
      });
      const identity = identify(server.pid);
      if (identity === null) throw new Error(`postgres ended while starting; see ${logFile}`);
      noteStarted(identity);
      return { identity, ended: untilGone(() => isRunning(identity)), stop: () => server.stop() };
    },
  };
}

/** Temporal's dev server, with its history in a file. */
export function temporalPart(request: PartsRequest, temporal: string): Part {
  const { home, record } = request;
  const port = portOf(record, 'temporal');
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)];
  args.push('--ui-port', String(portOf(record, 'temporalUi')), '--http-port', String(portOf(record, 'temporalHttp')));
  args.push('--db-filename', home.temporalDatabase, '--namespace', record.temporal.namespace);
  args.push('--log-level', 'warn', '--log-format', 'json');
  return spawnedPart({
    ...ofThisEnvironment(request, 'temporal'),
    command: temporal,
    args,
    isReady: () => isServingGrpc(temporal, port),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    patienceMs: 5_000,
  });
}

/** The simulated platforms. */
export function simulatorsPart(request: PartsRequest): Part {
  const { home, record } = request;
  return nodePart(request, 'simulators', 'platforms/simulator-main.ts', saidReadyNow, {
    CONNECTOR_SIMULATOR_PORT: String(portOf(record, 'simulators')),
    CONNECTOR_SIMULATOR_STATE: home.simulators,
    CONNECTOR_PORT: String(portOf(record, 'public')),
  });
}

/** The worker. */
export function workerPart(request: PartsRequest): Part {
  return nodePart(request, 'worker', 'worker/main.ts', saidReadyNow);
}

/** The HTTP server on the public port. */
export function serverPart(request: PartsRequest): Part {
  const { host } = request.record;
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const health = `http://${address.includes(':') ? `[${address}]` : address}:${String(portOf(request.record, 'public'))}/healthz`;
  return nodePart(request, 'server', 'client/server/main.ts', () => answersOk(health));
}

/** The person who does at the simulated platforms what is left to do after a review. */
export function simulatedPersonPart(request: PartsRequest): Part {
  return nodePart(request, 'simulated-person', 'client/cli/simulated-person-main.ts', saidReadyNow);
}

/** True when an address answers a GET with success. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function saidReadyNow(output: () => string): boolean {
  return saidReady(output());
}

function nodePart(
  request: PartsRequest,
  name: string,
  file: string,
  isReady: (output: () => string) => Promise<boolean> | boolean,
  variables: NodeJS.ProcessEnv = {},
): Part {
  return spawnedPart({
    ...ofThisEnvironment(request, name, variables),
    command: process.execPath,
    args: [join(projectRoot, file)],
    isReady,
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    patienceMs: 8_000,
  });
}

function ofThisEnvironment(
  { home, connectorHome, env, record }: PartsRequest,
  name: string,
  variables: NodeJS.ProcessEnv = {},
): { name: string; env: NodeJS.ProcessEnv; cwd: string; logFile: string } {
  return {
    name,
    env: childEnvironment(home, connectorHome, record.temporal.embedded ? withoutTemporal(env) : env, variables),
    cwd: projectRoot,
    logFile: join(home.logs, `${name}.log`),
  };
}

/** An API key or TLS settings that the user has for a Temporal elsewhere would keep our own from being reached. */
function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

function portOf(record: EnvironmentRecord, name: string): number {
  const port = record.ports[name];
  if (port === undefined) throw new Error(`No port was chosen for ${name}; run: connector down, then connector up`);
  return port;
}

async function untilGone(isThere: () => boolean): Promise<void> {
  while (isThere()) await sleep(250);
}

/** The port opens before the server takes requests; asking costs a process, so that comes second. */
async function isServingGrpc(temporal: string, port: number): Promise<boolean> {
  if (await isPortFree(port, '127.0.0.1')) return false;
  const health = ['operator', 'cluster', 'health', '--address', `127.0.0.1:${String(port)}`];
  return run(temporal, health, { timeout: 5_000 }).then(
    () => true,
    () => false,
  );
}
