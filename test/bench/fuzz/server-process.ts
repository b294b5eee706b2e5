import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The server in a process of its own, as an environment runs it. */
export interface ServerProcess {
  /** False once the process has ended, whatever ended it. */
  isAlive(): boolean;
  /** The last lines that it printed. */
  lastWords(): string;
  /** The different errors that it logged, each once. */
  errors(): readonly string[];
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;
const keptCharacters = 20_000;
/** As pino writes it: level, then the error with its message. */
const errorLine = /^\{"level":[56]0,.*?"message":"([^"]*).*$/gm;

/** Starts it with these variables and waits until it listens. */
export async function startServer(env: NodeJS.ProcessEnv): Promise<ServerProcess> {
  const main = fileURLToPath(new URL('../../../client/server/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let said = '';
  const errors = new Map<string, string>();
  const ready = new Promise<void>((resolve) => {
    const hear = (chunk: Buffer): void => {
      const text = chunk.toString();
      said = (said + text).slice(-keptCharacters);
      for (const [line, message = ''] of text.matchAll(errorLine)) errors.set(message, line);
      if (said.includes('"ready":true')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
  });
  const giveUp = setTimeout(() => child.kill('SIGKILL'), readyWithinMs);
  await Promise.race([
    ready,
    ended.then(() => Promise.reject(new Error(`The server ended before it listened: ${said}`))),
  ]);
  clearTimeout(giveUp);
  return {
    isAlive: () => child.exitCode === null && child.signalCode === null,
    lastWords: () => said,
    errors: () => [...errors.values()],
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
