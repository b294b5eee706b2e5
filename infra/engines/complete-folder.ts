import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isAlive } from './build-lock.ts';

/**
 * Makes a folder that is either complete or not there: `fill` works in a temporary folder beside it, which takes its name
 * at the end. What interrupted processes left of earlier attempts is removed; a folder that exists is replaced.
 */
export async function makeFolder<T>(directory: string, fill: (partial: string) => Promise<T>): Promise<T> {
  await mkdir(dirname(directory), { recursive: true });
  await removeLeftovers(directory);
  const partial = temporarySibling(directory);
  try {
    await mkdir(partial);
    const result = await fill(partial);
    await replaceFolder(partial, directory);
    return result;
  } finally {
    await remove(partial);
  }
}

// The names tell whose they are, so that a living process keeps its own.
function temporarySibling(directory: string): string {
  return `${directory}.${hostname()}.${String(process.pid)}.${randomUUID().slice(0, 8)}.partial`;
}

async function removeLeftovers(directory: string): Promise<void> {
  const prefix = `${basename(directory)}.${hostname()}.`;
  for (const name of await readdir(dirname(directory))) {
    if (!name.startsWith(prefix) || !name.endsWith('.partial')) continue;
    const pid = Number(name.slice(prefix.length).split('.')[0]);
    if (!isAlive(pid)) await remove(join(dirname(directory), name));
  }
}

async function replaceFolder(complete: string, directory: string): Promise<void> {
  for (;;) {
    // A folder can't be renamed onto one that has content: the old one is moved away first.
    if (await exists(directory)) {
      const replaced = temporarySibling(directory);
      await rename(directory, replaced).catch(ignoring('ENOENT'));
      await remove(replaced);
    }
    try {
      await rename(complete, directory);
      return;
    } catch (error) {
      // Another process put its own there in between: the same content, so it is simply replaced.
      ignoring('ENOTEMPTY', 'EEXIST')(error);
    }
  }
}

function ignoring(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (error instanceof Error && 'code' in error && codes.some((code) => code === error.code)) return;
    throw error;
  };
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
