import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';

/** A checkout's `connector` on a sandbox of its own. */
export interface SandboxCommands {
  /** Runs one command line. Throws with what it said when it ends with another code than `code`. */
  readonly connector: (words: string, run?: { readonly code?: number; readonly input?: string }) => Promise<string>;
  /** Asks the simulators' admin API. */
  readonly simulators: (path: string, body?: unknown) => Promise<unknown>;
}

const recordSchema = z.object({ simulatorUrl: z.string() });

/** Commands of the checkout in `from`, with their state in `home`. */
export function createSandboxCommands(from: string, { home, port }: { home: string; port: number }): SandboxCommands {
  const own = Object.entries(process.env).filter(([name]) => !/^(CONNECTOR|DATABASE|TEMPORAL|PULUMI)_/.test(name));
  const env = { ...Object.fromEntries(own), CONNECTOR_HOME: home, CONNECTOR_PORT: String(port) };
  const connector: SandboxCommands['connector'] = async (words, { code = 0, input = '' } = {}) => {
    const args = [join(from, 'client/cli/main.ts'), ...words.split(' ')];
    const { exitCode, stdout, stderr } = await execa(process.execPath, args, {
      ...{ cwd: from, env, extendEnv: false, input, reject: false },
    });
    if (exitCode !== code) throw new Error(`connector ${words} ended with ${String(exitCode)}:\n${stdout}\n${stderr}`);
    return stdout;
  };
  return {
    connector,
    simulators: async (path, body) => {
      const { simulatorUrl } = recordSchema.parse(
        JSON.parse(await readFile(join(home, 'sandbox/environment.json'), 'utf8')),
      );
      const sent = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      };
      const response = await fetch(new URL(`/_simulator/${path}`, simulatorUrl), body === undefined ? {} : sent);
      const text = await response.text();
      if (!response.ok) throw new Error(`The simulators answered ${String(response.status)} to ${path}: ${text}`);
      return z.unknown().parse(JSON.parse(text));
    },
  };
}
