import { once } from 'node:events';
import { join } from 'node:path';
import { execa } from 'execa';
import { choosePort } from '../../../infra/environment/ports.ts';
import type { Rig } from './rig.ts';

const main = join(import.meta.dirname, '../../../client/server/main.ts');
const key = 'a-key-of-this-bench-alone';

/** A server as `connector up` starts it, in a process of its own. */
export interface ServerProcess {
  /** What a program gets for its read over HTTP: `token`, the status of a refusal, or `cut off`. */
  read(platform: string, owner: string): Promise<string>;
  /** SIGKILL, as the machine's end would have it. */
  kill(): Promise<void>;
}

/** Starts one and waits until it listens. */
export async function startServerProcess({ env, directory }: Pick<Rig, 'env' | 'directory'>): Promise<ServerProcess> {
  const port = await choosePort(undefined, []);
  const apiKeys = JSON.stringify([{ name: 'bench', key, scopes: ['tokens:read'] }]);
  const child = execa(process.execPath, [main], {
    env: { ...env, CONNECTOR_PORT: String(port), CONNECTOR_API_KEYS: apiKeys },
    stdout: 'pipe',
    stderr: { file: join(directory, 'server.log') },
    reject: false,
    buffer: false,
  });
  await Promise.race([
    once(child.stdout, 'data'),
    child.then(() => Promise.reject(new Error(`A server ended before it listened; see ${directory}/server.log`))),
  ]);
  return {
    read: async (platform, owner) => {
      const url = new URL(`/v1/tokens/${platform}`, `http://127.0.0.1:${String(port)}`);
      url.searchParams.set('owner', owner);
      const asked = fetch(url, { headers: { authorization: `Bearer ${key}` } });
      return asked.then(
        ({ ok, status }) => (ok ? 'token' : String(status)),
        () => 'cut off',
      );
    },
    kill: async () => {
      child.kill('SIGKILL');
      await child;
    },
  };
}
