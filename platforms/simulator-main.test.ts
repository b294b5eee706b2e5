import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { z } from 'zod';

const readyLine = z.object({ ready: z.literal(true), url: z.url(), platforms: z.array(z.string()), pid: z.number() });

it('says in one line when it is ready, and on SIGTERM keeps its state and ends with 0', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'simulators-'));
  const state = path.join(directory, 'state.json');
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'simulator-main.ts')], {
    env: { ...process.env, CONNECTOR_SIMULATOR_PORT: '0', CONNECTOR_SIMULATOR_STATE: state },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const exited = once(child, 'exit');
    const [line] = z.tuple([z.string()]).parse(await once(createInterface(child.stdout), 'line'));
    const { url, pid, platforms } = readyLine.parse(JSON.parse(line));
    expect(platforms).not.toEqual([]);
    expect(pid).toBe(child.pid);
    expect((await fetch(`${url}/_simulator/`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(existsSync(state)).toBe(true);
  } finally {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  }
});
