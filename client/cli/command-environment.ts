import { serverVariables, settingVariables } from '../../infra/environment/settings.ts';

/**
 * The variables with which a command reads its settings. A shell that has evaluated `connector env` of one environment and
 * asks for another must not get the first one's database: its variables count for the environment they name only.
 */
export function commandEnvironment(env: NodeJS.ProcessEnv, environment: string | undefined): NodeJS.ProcessEnv {
  if (environment === undefined) return env;
  const changed = { ...env, CONNECTOR_ENV: environment };
  const named = env['CONNECTOR_ENV'];
  if (named === undefined || named === '' || named === environment) return changed;
  for (const name of [...settingVariables, ...serverVariables]) {
    if (name !== 'CONNECTOR_PORT') Reflect.deleteProperty(changed, name);
  }
  return changed;
}
