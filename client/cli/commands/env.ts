import type { Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** `connector env`: what other programs need to use the environment, for `eval "$(connector env)"`. */
export const register: Register = (add) =>
  add({
    name: 'env',
    summary: 'Print export lines, so that psql, temporal, pulumi and your programs find the environment',
    run: async (context) => {
      const [{ environmentVariables }, { exportLines }] = await Promise.all([
        import('../../../infra/environment/environment-variables.ts'),
        import('../../../infra/environment/env-lines.ts'),
      ]);
      const { variables, pathEntries } = environmentVariables(context.env);
      const path = [...pathEntries, context.env['PATH'] ?? ''].join(':');
      print(context, { ...variables, PATH: path }, () => exportLines(variables, pathEntries).join('\n'));
      return exitCodes.done;
    },
  });
