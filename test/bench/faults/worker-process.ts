import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromWorker } from './messages.ts';
import type { FromWorker, Point, ToWorker } from './messages.ts';

/** A worker in a process of its own. */
export interface WorkerProcess {
  /** Lets it poll; before that it is loaded and waits. */
  go(): Promise<void>;
  /** Tells it to die or to wait when that connection's refresh comes to that point. */
  arm(act: 'die' | 'wait', point: Point, connectionId: string): Promise<void>;
  /** Resolves once it waits where it was told to. */
  reached(): Promise<void>;
  /** Lets it go on from there. */
  release(): void;
  /** SIGKILL, as the machine's end would have it. */
  kill(): Promise<void>;
  /** An orderly end. */
  stop(): Promise<void>;
  /** Resolves once the process is gone, however it went. */
  readonly ended: Promise<unknown>;
  /** Everything that it told. */
  readonly told: readonly FromWorker[];
}

const stopWithinMs = 15_000;

/** Starts one; what it prints goes to the end of `logFile`. */
export async function startWorkerProcess(env: NodeJS.ProcessEnv, logFile: string): Promise<WorkerProcess> {
  const log = openSync(logFile, 'a');
  const file = fileURLToPath(new URL('./worker.ts', import.meta.url));
  const child = fork(file, [], { env, execArgv: [], stdio: ['ignore', log, log, 'ipc'] });
  const ended = once(child, 'exit');
  const told: FromWorker[] = [];
  const events = new EventEmitter();
  child.on('message', (raw) => {
    const message = fromWorker.parse(raw);
    told.push(message);
    events.emit(message.kind);
  });
  const heard = async (kind: FromWorker['kind']): Promise<void> => {
    const gone = ended.then(() => Promise.reject(new Error(`A worker ended before it was ${kind}; see ${logFile}`)));
    await Promise.race([once(events, kind), gone]);
  };
  const say = (message: ToWorker): void => {
    if (child.connected) child.send(message);
  };
  await heard('loaded');
  let reached: Promise<void> = Promise.resolve();
  return {
    ended,
    told,
    go: async () => {
      const polling = heard('polling');
      say({ kind: 'go' });
      await polling;
    },
    arm: async (act, point, connectionId) => {
      const armed = heard('armed');
      reached = act === 'wait' ? heard('reached') : Promise.resolve();
      reached.catch(() => undefined);
      say({ kind: 'arm', act, point, connectionId });
      await armed;
    },
    reached: () => reached,
    release: () => {
      say({ kind: 'release' });
    },
    kill: () => endBy(child, 'SIGKILL', ended),
    stop: () => endBy(child, 'SIGTERM', ended),
  };
}

async function endBy(child: ChildProcess, signal: NodeJS.Signals, ended: Promise<unknown>): Promise<void> {
  child.kill(signal);
  const giveUp = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  await ended;
  clearTimeout(giveUp);
}
