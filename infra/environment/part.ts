import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, identify, isRunning, type ProcessIdentity } from './process-identity.ts';

/** One running process of an environment. */
export interface RunningPart {
  readonly identity: ProcessIdentity;
  /** Resolves once the process has ended, however it did. */
  readonly ended: Promise<void>;
  /** Ends it, at first kindly. */
  stop(): Promise<void>;
}

/** One process that an environment consists of. */
export interface Part {
  readonly name: string;
  readonly logFile: string;
  /** Starts it and waits until it serves; `noteStarted` is told its process at once, so that a kill leaves a trace of it. */
  start(noteStarted: (identity: ProcessIdentity) => void): Promise<RunningPart>;
}

export interface SpawnedPart {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly logFile: string;
  /** Looks whether it serves by now; `output` is what it has printed since its start. */
  readonly isReady: (output: () => string) => Promise<boolean> | boolean;
  readonly readyWithinMs: number;
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to end by itself after the signal. */
  readonly patienceMs: number;
}

const pollMs = 25;
const rotateAtBytes = 20 * 1024 * 1024;

/** A part that is a program of its own. Its output goes to its log, so that it outlives whoever started it. */
export function spawnedPart(definition: SpawnedPart): Part {
  return {
    name: definition.name,
    logFile: definition.logFile,
    start: async (noteStarted) => {
      const { running, offset } = await spawnLogged(definition);
      noteStarted(running.identity);
      const startedAtMs = Date.now();
      while (!(await definition.isReady(() => outputSince(definition.logFile, offset)))) {
        if (!isRunning(running.identity)) throw new Error(failureText(definition, 'ended while starting', offset));
        if (Date.now() - startedAtMs > definition.readyWithinMs) {
          await running.stop();
          const waited = `was not ready within ${String(definition.readyWithinMs / 1_000)} s`;
          throw new Error(failureText(definition, waited, offset));
        }
        await sleep(pollMs);
      }
      return running;
    },
  };
}

async function spawnLogged(definition: SpawnedPart): Promise<{ running: RunningPart; offset: number }> {
  rotate(definition.logFile);
  const log = openSync(definition.logFile, 'a', 0o600);
  try {
    const offset = fstatSync(log).size;
    const child = spawn(definition.command, definition.args, {
      cwd: definition.cwd,
      env: definition.env,
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C in the terminal must reach the supervisor alone, which ends the parts in order.
      detached: true,
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(new Error(`${definition.name} cannot be started: ${error.message}`)));
    });
    const identity = child.pid === undefined ? null : identify(child.pid);
    if (identity === null) throw new Error(failureText(definition, 'ended while starting', offset));
    const stop = async (): Promise<void> => {
      await endProcess(identity, { signal: definition.stopSignal, patienceMs: definition.patienceMs });
    };
    return { running: { identity, ended, stop }, offset };
  } finally {
    closeSync(log);
  }
}

/** One earlier log is kept, so that a part that complains for weeks does not fill the disk. */
function rotate(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > rotateAtBytes) renameSync(logFile, `${logFile}.1`);
}

function outputSince(logFile: string, offset: number): string {
  const log = openSync(logFile, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(Math.max(0, fstatSync(log).size - offset), 256 * 1024));
    return buffer.toString('utf8', 0, readSync(log, buffer, 0, buffer.length, offset));
  } finally {
    closeSync(log);
  }
}

function failureText(definition: SpawnedPart, what: string, offset: number): string {
  const lines = outputSince(definition.logFile, offset).trimEnd().split('\n').slice(-8);
  return `${definition.name} ${what}. Its log (${definition.logFile}) ends with:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** True once a line of the output is JSON with `"ready": true`. */
export function saidReady(output: string): boolean {
  return output.split('\n').some((line) => /^\{.*"ready":\s*true/.test(line));
}
