import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { endProcess, identify, type ProcessIdentity } from './process-identity.ts';

/**
 * Ends what this process has started and what those have started – a compiler, `pulumi up` –, apart from `except` and
 * what belongs to it. Asked kindly first, so that Pulumi saves its state and gives its lock free.
 */
export async function endDescendants(except: readonly ProcessIdentity[], patienceMs: number): Promise<void> {
  const parents = parentsOfAll();
  const spared = new Set(except.map((identity) => identity.pid));
  const found: ProcessIdentity[] = [];
  const visit = (pid: number): void => {
    for (const [child, parent] of parents) {
      if (parent !== pid || spared.has(child)) continue;
      const identity = identify(child);
      if (identity !== null) found.push(identity);
      visit(child);
    }
  };
  visit(process.pid);
  await Promise.all(found.map((identity) => endProcess(identity, { signal: 'SIGINT', patienceMs })));
}

function parentsOfAll(): ReadonlyMap<number, number> {
  return process.platform === 'linux' ? parentsByProc() : parentsByPs();
}

function parentsByProc(): ReadonlyMap<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      continue; // ended between the listing and the look
    }
  }
  return parents;
}

function parentsByPs(): ReadonlyMap<number, number> {
  const parents = new Map<number, number>();
  for (const line of execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).split('\n')) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (pid !== undefined && parent !== undefined) parents.set(pid, parent);
  }
  return parents;
}
