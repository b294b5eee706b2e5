import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { saidReady, spawnedPart, type Part } from './part.ts';
import { isRunning, type ProcessIdentity } from './process-identity.ts';
import { supervise, type Supervision } from './supervise.ts';

let folder: string;
let recorded: Map<string, ProcessIdentity>;
let notes: string[];
let supervision: Supervision;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervise-'));
  recorded = new Map();
  notes = [];
  supervision = supervise({
    record: (name, identity) => {
      if (identity === null) recorded.delete(name);
      else recorded.set(name, identity);
    },
    note: (line) => notes.push(line),
    backoff: { firstMs: 20, longestMs: 100, steadyMs: 60_000 },
  });
});

afterEach(async () => {
  await supervision.stop();
  rmSync(folder, { recursive: true });
});

function part(name: string, script: string, readyWithinMs = 10_000): Part {
  return spawnedPart({
    ...{ name, command: process.execPath, args: ['-e', script], env: process.env, cwd: folder, readyWithinMs },
    ...{ logFile: join(folder, `${name}.log`), stopSignal: 'SIGTERM', patienceMs: 1_000 },
    isReady: (output) => saidReady(output()),
  });
}

const serves = 'console.log(JSON.stringify({ ready: true })); setInterval(() => {}, 1000)';

test('a part that is killed is started again and recorded anew', async () => {
  await supervision.start(part('worker', serves));
  const first = recorded.get('worker')!;
  process.kill(first.pid, 'SIGKILL');
  await vi.waitFor(() => expect(recorded.get('worker')?.pid).not.toBe(first.pid), { timeout: 10_000 });
  expect(notes.join()).toContain('worker ended by itself');
});

test('stopping ends the last started first, and nothing is started again', async () => {
  const ended: string[] = [];
  for (const name of ['postgres', 'worker']) {
    const made = part(name, serves);
    await supervision.start({
      ...made,
      start: async (note) => {
        const running = await made.start(note);
        const stop = async (): Promise<void> => {
          await running.stop();
          ended.push(name);
        };
        return { ...running, stop };
      },
    });
  }
  const identities = [...recorded.values()];
  await supervision.stop();
  expect(ended).toEqual(['worker', 'postgres']);
  expect(identities.some(isRunning)).toBe(false);
  expect(recorded.size).toBe(0);
  await expect(supervision.start(part('server', serves))).rejects.toThrow('being stopped');
});

test('a part that fails while starting says so with the end of its log', async () => {
  await expect(supervision.start(part('server', "console.error('no database'); process.exit(1)"))).rejects.toThrow(
    /server ended while starting[^]*no database/,
  );
});

test('a part that does not become ready is ended', async () => {
  const start = supervision.start(part('server', 'setInterval(() => {}, 1000)', 300));
  await expect(start).rejects.toThrow('was not ready within 0.3 s');
  expect(isRunning(recorded.get('server')!)).toBe(false);
});

test('stopping ends a part that is still starting', async () => {
  const starting = supervision.start(part('temporal', 'setInterval(() => {}, 1000)'));
  const failed = expect(starting).rejects.toThrow('ended while starting');
  await vi.waitFor(() => expect(recorded.has('temporal')).toBe(true));
  const identity = recorded.get('temporal')!;
  await supervision.stop();
  expect(isRunning(identity)).toBe(false);
  await failed;
});
