import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { environmentHome, makeHome, type EnvironmentHome } from './home.ts';
import { endProcess, identify, isRunning } from './process-identity.ts';
import { becomeSupervisor, currentSupervisor, resignAsSupervisor } from './single-supervisor.ts';

const children: ChildProcess[] = [];
const folders: string[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function sleeper(script = 'setInterval(() => {}, 1000)'): Promise<number> {
  const child = spawn(process.execPath, ['-e', `${script}; console.log('on')`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid!;
}

function home(): EnvironmentHome {
  const folder = mkdtempSync(join(tmpdir(), 'supervisor-'));
  folders.push(folder);
  const made = environmentHome({ CONNECTOR_HOME: folder });
  makeHome(made);
  return made;
}

test('a foreign process that has got the number of a recorded one is never touched', async () => {
  const pid = await sleeper();
  const recorded = { pid, startedAt: 'some other time' };
  expect(isRunning(recorded)).toBe(false);
  expect(await endProcess(recorded, { signal: 'SIGTERM', patienceMs: 100 })).toBe(false);
  expect(identify(pid)).not.toBeNull();
});

test('a recorded process is ended', async () => {
  const identity = identify(await sleeper())!;
  expect(isRunning(identity)).toBe(true);
  expect(await endProcess(identity, { signal: 'SIGTERM', patienceMs: 5_000 })).toBe(true);
  expect(isRunning(identity)).toBe(false);
});

test('a process that does not listen is killed after the patience', async () => {
  const identity = identify(await sleeper("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"))!;
  expect(await endProcess(identity, { signal: 'SIGTERM', patienceMs: 200 })).toBe(true);
  expect(isRunning(identity)).toBe(false);
});

test('two processes do not look after one environment', async () => {
  const place = home();
  const other = identify(await sleeper())!;
  writeFileSync(place.lock, JSON.stringify(other));
  expect(becomeSupervisor(place)).toEqual(other);
  expect(currentSupervisor(place)).toEqual(other);
  resignAsSupervisor(place);
  expect(JSON.parse(readFileSync(place.lock, 'utf8'))).toEqual(other);
});

test('the place of a killed supervisor is taken over, also by its number in other hands', async () => {
  const place = home();
  for (const left of ['', '{"pid":', JSON.stringify({ pid: await sleeper(), startedAt: 'before the reboot' })]) {
    writeFileSync(place.lock, left);
    expect(currentSupervisor(place)).toBeNull();
    expect(becomeSupervisor(place)).toBeNull();
    expect(currentSupervisor(place)?.pid).toBe(process.pid);
    resignAsSupervisor(place);
    expect(currentSupervisor(place)).toBeNull();
  }
});
