import { randomBytes } from 'node:crypto';
import { stopEmbeddedPostgres } from '../embedded-postgres.ts';
import { haveEngines, pathEntriesOf, type Engine } from '../engines/index.ts';
import type { Progress } from '../engines/progress.ts';
import { endDescendants } from './descendants.ts';
import { connectorHome, makeHome, type EnvironmentHome } from './home.ts';
import {
  postgresPart,
  serverPart,
  simulatedPersonPart,
  simulatorsPart,
  temporalPart,
  workerPart,
  type PartsRequest,
} from './parts.ts';
import { planEnvironment, type EnvironmentPlan } from './plan-environment.ts';
import { endProcess, type ProcessIdentity } from './process-identity.ts';
import { provisionEnvironment } from './provision-environment.ts';
import { readRecord, readSecrets, writeRecord, writeSecrets, type EnvironmentRecord } from './record.ts';
import { becomeSupervisor, resignAsSupervisor } from './single-supervisor.ts';
import { supervise, type Supervision } from './supervise.ts';

export interface StartRequest {
  readonly home: EnvironmentHome;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: Progress;
  /** Aborted: gives up starting, and ends what was started. */
  readonly signal: AbortSignal;
}

/** An environment that this process looks after. */
export interface StartedEnvironment {
  readonly record: EnvironmentRecord;
  /** Ends all parts, the last started first, and gives the environment free. */
  stop(): Promise<void>;
}

/** Another process looks after the environment already. */
export class AlreadySupervisedError extends Error {
  override readonly name = 'AlreadySupervisedError';
  readonly supervisor: ProcessIdentity;

  constructor(environment: string, supervisor: ProcessIdentity) {
    super(
      `The environment "${environment}" is looked after by process ${String(supervisor.pid)}. To end it: connector down`,
    );
    this.supervisor = supervisor;
  }
}

/** Starting was given up because somebody asked for it. */
export class StartAbortedError extends Error {
  override readonly name = 'StartAbortedError';
}

/**
 * Brings an environment up and keeps it up: engines, then Postgres, Temporal and the simulators side by side, then what
 * Pulumi provisions, then worker and server. Whatever an earlier start left behind – complete, half-done or still running –
 * is taken over. Throws AlreadySupervisedError, PortBusyError, StartAbortedError or what a part said.
 */
export async function startEnvironment(request: StartRequest): Promise<StartedEnvironment> {
  const { home, env, progress, signal } = request;
  makeHome(home);
  // Temporal and the platforms' simulators make files of their own: none is for other users.
  process.umask(0o077);
  const other = becomeSupervisor(home);
  if (other !== null) throw new AlreadySupervisedError(home.environment, other);
  const recorder: { current: EnvironmentRecord | null } = { current: null };
  const supervision = supervise({
    record: (name, identity) => {
      if (recorder.current !== null) recorder.current = noteProcess(home, recorder.current, name, identity);
    },
    note: (line) => progress.note(line),
  });
  const stop = async (): Promise<void> => {
    await endDescendants(Object.values(recorder.current?.processes ?? {}), 8_000);
    await supervision.stop();
    resignAsSupervisor(home);
  };
  const aborted = rejectWhenAborted(signal);
  try {
    const starting = (async () => {
      await progress.step('ending what an earlier start left behind', () => endLeftovers(home));
      const secrets = readSecrets(home);
      const plan = await planEnvironment({ environment: home.environment, env, recorded: readRecord(home), secrets });
      recorder.current = plan.record;
      writeRecord(home, plan.record);
      const pathEntries = await startParts({ ...request, plan, supervision });
      recorder.current = { ...recorder.current, pathEntries, readyAt: new Date().toISOString() };
      writeRecord(home, recorder.current);
      return recorder.current;
    })();
    const record = await Promise.race([starting, aborted.rejected]);
    return { record, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    aborted.release();
  }
}

/** Ends the processes that an environment recorded and that still run. True when there were any. */
export async function endLeftovers(home: EnvironmentHome): Promise<boolean> {
  let ended = false;
  for (const identity of Object.values(readRecord(home)?.processes ?? {}).toReversed()) {
    // Postgres takes SIGINT as a fast shutdown; everything else ends by it too.
    ended = (await endProcess(identity, { signal: 'SIGINT', patienceMs: 8_000 })) || ended;
  }
  return (await stopEmbeddedPostgres(home.postgres)) || ended;
}

async function startParts(
  request: StartRequest & { readonly plan: EnvironmentPlan; readonly supervision: Supervision },
): Promise<string[]> {
  const { home, env, progress, plan, supervision } = request;
  const { record } = plan;
  const parts: PartsRequest = { home, env, record, connectorHome: connectorHome(env) };
  const [adminUrl, temporal, , engines] = await Promise.all([
    plan.adminUrl ?? startPostgres(parts, supervision, progress),
    startTemporal(parts, supervision, progress),
    record.simulatorUrl === null
      ? undefined
      : progress.step('simulated platforms', () => supervision.start(simulatorsPart(parts))),
    haveEngines(['pulumi', 'pulumi-postgresql'], { progress }),
  ]);
  const given = await progress.step('database, keys and namespace (pulumi up)', () =>
    provisionEnvironment({
      ...{ home, env, record, adminUrl, pooledUrl: plan.pooledUrl, note: (line) => progress.note(line) },
      ...{ pulumi: engines.pulumi, plugins: [engines['pulumi-postgresql']] },
    }),
  );
  writeSecrets(home, { ...readSecrets(home), ...given });
  await Promise.all([
    progress.step('worker', () => supervision.start(workerPart(parts))),
    progress.step('server', () => supervision.start(serverPart(parts))),
    record.simulatorUrl === null ? undefined : supervision.start(simulatedPersonPart(parts)),
  ]);
  return pathEntriesOf([...(temporal === null ? [] : [temporal]), ...Object.values(engines)]);
}

async function startPostgres(parts: PartsRequest, supervision: Supervision, progress: Progress): Promise<string> {
  const { home } = parts;
  const secrets = readSecrets(home);
  const password = secrets.postgresPassword ?? randomBytes(24).toString('base64url');
  // Written before initdb uses it: a password that only a killed process knew would lock everybody out.
  writeSecrets(home, { ...secrets, postgresPassword: password });
  await progress.step('Postgres', () => supervision.start(postgresPart(parts, password)));
  const port = parts.record.ports['postgres'];
  return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${String(port)}/postgres`;
}

async function startTemporal(
  parts: PartsRequest,
  supervision: Supervision,
  progress: Progress,
): Promise<Engine | null> {
  if (!parts.record.temporal.embedded) return null;
  const { temporal } = await haveEngines(['temporal'], { progress });
  await progress.step('Temporal', () => supervision.start(temporalPart(parts, temporal.path)));
  return temporal;
}

function noteProcess(
  home: EnvironmentHome,
  record: EnvironmentRecord,
  name: string,
  identity: ProcessIdentity | null,
): EnvironmentRecord {
  const processes = { ...record.processes };
  Reflect.deleteProperty(processes, name);
  // Added at the end: leftovers are ended in the reverse order of starting.
  if (identity !== null) processes[name] = identity;
  const changed = { ...record, processes };
  writeRecord(home, changed);
  return changed;
}

function rejectWhenAborted(signal: AbortSignal): { rejected: Promise<never>; release: () => void } {
  let onAbort: () => void = () => undefined;
  const rejected = new Promise<never>((_resolve, reject) => {
    onAbort = () =>
      reject(new StartAbortedError('Stopped before everything was up; the next start goes on from here.'));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  rejected.catch(() => undefined);
  return { rejected, release: () => signal.removeEventListener('abort', onAbort) };
}
