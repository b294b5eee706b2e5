import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { environmentHome } from '../../../infra/environment/home.ts';
import type { EnvironmentHome } from '../../../infra/environment/home.ts';
import { choosePort } from '../../../infra/environment/ports.ts';
import { readRecord, readSecrets } from '../../../infra/environment/record.ts';
import type { EnvironmentRecord, EnvironmentSecrets } from '../../../infra/environment/record.ts';
import { readSettings } from '../../../infra/environment/settings.ts';
import type { Settings } from '../../../infra/environment/settings.ts';

const run = promisify(execFile);
const main = join(import.meta.dirname, '../../../client/cli/main.ts');
const startWithinMs = 10 * 60_000;

/** A whole environment of its own, as `connector up` makes it. */
export interface Sandbox {
  /** Of the environment's home; files that are no part of it may lie there. */
  readonly folder: string;
  /** Where an export goes. */
  readonly bundle: string;
  readonly env: NodeJS.ProcessEnv;
  readonly home: EnvironmentHome;
  readonly record: EnvironmentRecord;
  readonly secrets: EnvironmentSecrets;
  readonly settings: Settings;
  /** Runs a command of `connector` and keeps what it prints; a failure is what it prints too. */
  connector(...args: string[]): Promise<string>;
  /** Runs a program in the environment and keeps what it prints. */
  program(file: string, ...args: string[]): Promise<string>;
  /** All that commands and programs have printed. */
  printed(): string;
  close(): Promise<void>;
}

/** Brings it up in a folder of its own, on ports of its own. */
export async function openSandbox(): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), 'connector-canary-'));
  // What this shell knows of another environment must not get in.
  const own = Object.entries(process.env).filter(([name]) => !/^(CONNECTOR|DATABASE|TEMPORAL|PULUMI)_/.test(name));
  const port = String(await choosePort(undefined, []));
  const env: NodeJS.ProcessEnv = { ...Object.fromEntries(own), CONNECTOR_HOME: folder, CONNECTOR_PORT: port };
  const printed: string[] = [];
  const program = async (...args: string[]): Promise<string> => {
    const options = { env, cwd: folder, timeout: startWithinMs, maxBuffer: 64 * 1024 * 1024 };
    const text = await run(process.execPath, args, options).then(
      ({ stdout, stderr }) => `${stdout}\n${stderr}`,
      (error: unknown) => (error instanceof Error ? `${error.message}\n${JSON.stringify(error)}` : 'unknown error'),
    );
    printed.push(text);
    return text;
  };
  const connector = (...args: string[]): Promise<string> => program(main, ...args);
  const close = async (): Promise<void> => {
    await connector('down');
    await rm(folder, { recursive: true, force: true });
  };
  const home = environmentHome(env);
  const up = await connector('up');
  const record = readRecord(home);
  if (record === null || record.readyAt === null) {
    await close();
    throw new Error(`The environment did not come up:\n${up}`);
  }
  const secrets = readSecrets(home);
  return {
    folder,
    bundle: join(folder, 'export.json'),
    env,
    home,
    record,
    secrets,
    settings: readSettings(env),
    connector,
    program,
    printed: () => printed.join('\n'),
    close,
  };
}
