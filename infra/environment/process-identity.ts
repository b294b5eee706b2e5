import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the operating system tells it; compared, never read. */
  readonly startedAt: string;
}

/** The identity of a running process; null when there is none with that number, or only its remains. */
export function identify(pid: number): ProcessIdentity | null {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** True while exactly this process runs: a foreign one that got its number does not count. */
export function isRunning(recorded: ProcessIdentity): boolean {
  return identify(recorded.pid)?.startedAt === recorded.startedAt;
}

/**
 * Ends exactly this process, kindly at first: the given signal, and after `patienceMs` a kill. Does nothing to a foreign
 * process that has got its number. True when there was something to end.
 */
export async function endProcess(
  recorded: ProcessIdentity,
  options: { readonly signal: NodeJS.Signals; readonly patienceMs: number },
): Promise<boolean> {
  if (!isRunning(recorded)) return false;
  send(recorded, options.signal);
  if (await isGoneWithin(recorded, options.patienceMs)) return true;
  send(recorded, 'SIGKILL');
  if (await isGoneWithin(recorded, 5_000)) return true;
  throw new Error(
    `Process ${String(recorded.pid)} does not end, not even by a kill. Look at it with: ps -p ${String(recorded.pid)}`,
  );
}

/** Waits until exactly this process has ended; false when it still runs after `timeoutMs`. */
export async function isGoneWithin(recorded: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isRunning(recorded)) {
    if (Date.now() >= deadline) return false;
    await sleep(25);
  }
  return true;
}

function send(recorded: ProcessIdentity, signal: NodeJS.Signals): void {
  // Looked at once more right before: a number is given away again only after its process has ended.
  if (!isRunning(recorded)) return;
  try {
    process.kill(recorded.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function startOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name stands in brackets and may hold anything, brackets and spaces too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, start] = [fields[0], fields[19]];
    if (start === undefined || state === 'Z' || state === 'X') return null;
    // Ticks since boot: equal after a reboot by chance, hence the boot's id.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${start}`;
  } catch {
    return null;
  }
}

function startByPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}
