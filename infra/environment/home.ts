import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Where all state of one environment lies; every path is absolute. */
export interface EnvironmentHome {
  readonly environment: string;
  readonly directory: string;
  readonly postgres: string;
  readonly temporalDatabase: string;
  readonly pulumi: string;
  readonly logs: string;
  readonly simulators: string;
  /** Ports, addresses and processes; no secrets. */
  readonly record: string;
  /** Database URLs, keys; readable by its owner alone. */
  readonly secrets: string;
  readonly lock: string;
}

/** The environments that need no set-up of their own. */
export const environments = ['sandbox', 'live'] as const;

/** The folder of all environments: `CONNECTOR_HOME`, else `$XDG_STATE_HOME/platform-connector` or below `~/.local/state`. */
export function connectorHome(env: NodeJS.ProcessEnv = process.env): string {
  const given = env['CONNECTOR_HOME'];
  if (given !== undefined && given !== '') return resolve(given);
  const configured = env['XDG_STATE_HOME'];
  // The XDG specification: a path that is not absolute counts as not set.
  const state = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.local', 'state');
  return join(state, 'platform-connector');
}

/** The folder of one environment: `CONNECTOR_ENV` says which, `sandbox` unless said. Throws on a name that is no folder name. */
export function environmentHome(env: NodeJS.ProcessEnv = process.env): EnvironmentHome {
  const given = env['CONNECTOR_ENV'];
  const environment = given === undefined || given === '' ? 'sandbox' : given;
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(environment)) {
    throw new Error(
      `CONNECTOR_ENV is ${JSON.stringify(environment)}: use small letters, digits and hyphens, as in sandbox or live.`,
    );
  }
  const directory = join(connectorHome(env), environment);
  return {
    environment,
    directory,
    postgres: join(directory, 'postgres'),
    temporalDatabase: join(directory, 'temporal.db'),
    pulumi: join(directory, 'pulumi'),
    logs: join(directory, 'logs'),
    simulators: join(directory, 'simulators.json'),
    record: join(directory, 'environment.json'),
    secrets: join(directory, 'secrets.json'),
    lock: join(directory, 'supervisor.lock'),
  };
}

/** Makes the folders of an environment; what others may not read is private to its owner. */
export function makeHome(home: EnvironmentHome): void {
  // Searchable but not listable for others: Postgres may run as another user than the one who starts it.
  mkdirSync(home.directory, { recursive: true, mode: 0o711 });
  for (const folder of [home.logs, home.pulumi]) mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** Replaces a file in one step, so that neither a reader nor a crash ever sees half of it. */
export function writeWhole(path: string, text: string, mode: 0o600 | 0o644): void {
  const temporary = `${path}.${String(process.pid)}.tmp`;
  try {
    writeFileSync(temporary, text, { mode });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The text of a file, or null when there is none. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
