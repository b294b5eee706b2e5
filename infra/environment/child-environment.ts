import { dirname } from 'node:path';
import type { EnvironmentHome } from './home.ts';
import { serverVariables, settingVariables } from './settings.ts';

/** The checkout: where the programs of the service lie. */
export const projectRoot = dirname(dirname(import.meta.dirname));

/**
 * The variables of a process of the environment: those of this process, less all that its files say better. A shell that
 * has evaluated `connector env` holds yesterday's ports; and secrets travel in the 0600 file, not in a process's
 * environment, which `ps` and crash reports show.
 */
export function childEnvironment(
  home: EnvironmentHome,
  connectorHome: string,
  env: NodeJS.ProcessEnv,
  more: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  const kept = { ...env };
  for (const name of [...settingVariables, ...serverVariables, 'CONNECTOR_API_KEY', 'PULUMI_CONFIG_PASSPHRASE']) {
    Reflect.deleteProperty(kept, name);
  }
  return { ...kept, CONNECTOR_HOME: connectorHome, CONNECTOR_ENV: home.environment, ...more };
}
