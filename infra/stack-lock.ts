import { readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const lockSchema = z.object({
  pid: z.number().int(),
  username: z.string(),
  hostname: z.string(),
  timestamp: z.string(),
});

/** A lock that a run of Pulumi holds on a stack of a file backend. */
export type StackLock = z.infer<typeof lockSchema>;

/** Whether the lock's holder still runs; another machine's process cannot be asked. */
export type LockHolder = 'alive' | 'dead' | 'elsewhere';

/** The locks on a stack; none where the state does not lie in a folder of this machine. */
export async function locksOf(backendUrl: string, project: string, stack: string): Promise<StackLock[]> {
  if (!backendUrl.startsWith('file://')) return [];
  const folder = join(backendUrl.slice('file://'.length), '.pulumi/locks/organization', project, stack);
  const files = await readdir(folder).catch(() => []);
  const locks = await Promise.all(
    files
      .filter((file) => file.endsWith('.json'))
      .map(async (file) => {
        // It may be gone by now: then nobody holds it.
        const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
        return text === undefined ? [] : [lockSchema.parse(JSON.parse(text))];
      }),
  );
  return locks.flat();
}

/** Looks whether the process that took the lock is still there. */
export async function holderOf(lock: StackLock): Promise<LockHolder> {
  if (lock.hostname !== hostname()) return 'elsewhere';
  if (!isRunning(lock.pid)) return 'dead';
  // Process ids are used again: where the system tells, a process that is not Pulumi does not hold it.
  const program = await readFile(`/proc/${lock.pid}/cmdline`, 'utf8').catch(() => undefined);
  return program === undefined || program.includes('pulumi') ? 'alive' : 'dead';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
