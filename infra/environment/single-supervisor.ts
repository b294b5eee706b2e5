import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { readIfThere, type EnvironmentHome } from './home.ts';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

const identitySchema = z.object({ pid: z.int().positive(), startedAt: z.string() });

/** The process that looks after the environment now; null when none does. */
export function currentSupervisor(home: EnvironmentHome): ProcessIdentity | null {
  const holder = readHolder(home.lock);
  return holder !== null && isRunning(holder) ? holder : null;
}

/**
 * Makes this process the only one that looks after the environment. Answers with the one that does already, or null when it
 * is this one from now on; the lock of a process that was killed is taken over.
 */
export function becomeSupervisor(home: EnvironmentHome): ProcessIdentity | null {
  const own = identify(process.pid);
  if (own === null) throw new Error('This process cannot find itself among the running processes; is /proc mounted?');
  const draft = `${home.lock}.${String(process.pid)}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    for (;;) {
      if (isLinked(draft, home.lock)) return null;
      const holder = readHolder(home.lock);
      if (holder !== null && isRunning(holder)) return holder;
      discardStale(home.lock, `${draft}.stale`);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Gives the place of the supervisor free, if this process has it. */
export function resignAsSupervisor(home: EnvironmentHome): void {
  if (readHolder(home.lock)?.pid === process.pid) rmSync(home.lock, { force: true });
}

/** Moves a lock away that nobody holds; puts it back if somebody took it over in between. */
function discardStale(lock: string, aside: string): void {
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved !== null && isRunning(moved)) isLinked(aside, lock);
  rmSync(aside, { force: true });
}

function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function readHolder(lock: string): ProcessIdentity | null {
  try {
    const parsed = identitySchema.safeParse(JSON.parse(readIfThere(lock) ?? 'null'));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // half-written by a process that was killed
  }
}
