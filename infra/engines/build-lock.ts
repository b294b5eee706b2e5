import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeatMs = 1_000;
const staleMs = 15_000;
const pollMs = 100;

/**
 * Runs `build` while no other process of this user builds the same thing, so that two starts do not both compile for
 * minutes. It only saves work: should a lock be taken over from a process that still lives (a machine that slept), both
 * build, and whoever renames last wins with the same content.
 */
export async function withBuildLock<T>(path: string, build: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  while (!(await take(path))) {
    if (await isStale(path)) await rm(path, { force: true });
    else await sleep(pollMs);
  }
  const heartbeat = setInterval(() => {
    // The lock's file may be gone if somebody took it over: nothing to do about it here.
    utimes(path, new Date(), new Date()).catch(() => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  try {
    return await build();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

/** Tells whether a process of this machine runs. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(`${hostname()} ${String(process.pid)}\n`);
    await file.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const [owner, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const [host, pid] = owner.trim().split(' ');
    if (host === hostname() && pid !== undefined && !isAlive(Number(pid))) return true;
    return Date.now() - mtimeMs > staleMs;
  } catch {
    return false; // gone by now: the next attempt takes it
  }
}
