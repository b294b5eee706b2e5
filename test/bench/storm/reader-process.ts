import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Rig } from '../faults/rig.ts';
import { reading, type Reading } from './messages.ts';

/** A program with the SDK in a process of its own. */
export interface ReaderProcess {
  /** So many reads at the same moment. */
  read(reads: number): Promise<Reading>;
  end(): Promise<void>;
}

/** Starts one and waits until it is loaded. */
export async function startReader(
  { env, directory }: Pick<Rig, 'env' | 'directory'>,
  owner: string,
): Promise<ReaderProcess> {
  const logFile = join(directory, 'reader.log');
  const log = openSync(logFile, 'a');
  const file = fileURLToPath(new URL('./reader.ts', import.meta.url));
  const child = fork(file, [owner], { env, execArgv: [], stdio: ['ignore', log, log, 'ipc'] });
  const ended = once(child, 'exit');
  const gone = ended.then(() => Promise.reject(new Error(`A reader ended before it answered; see ${logFile}`)));
  gone.catch(() => undefined);
  const heard = async (): Promise<unknown> => {
    const messages: unknown[] = await Promise.race([once(child, 'message'), gone]);
    return messages[0];
  };
  await heard();
  return {
    read: async (reads) => {
      const answer = heard();
      child.send({ reads });
      return reading.parse(await answer);
    },
    end: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
