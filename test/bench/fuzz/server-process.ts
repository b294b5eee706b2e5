import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The server in a process of its own, as an environment runs it. */
export interface ServerProcess {
  /** False once the process has ended, whatever ended it. */
  isAlive(): boolean;
  /** The last lines that it printed. */
  lastWords(): string;
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;
const keptCharacters = 20_000;

/** Starts it with these variables and waits until it listens. */
export async function startServer(env: NodeJS.ProcessEnv): Promise<ServerProcess> {
  const main = fileURLToPath(new URL('../../../client/server/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let said = '';
  const ready = new Promise<void>((resolve) => {
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-keptCharacters);
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
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
