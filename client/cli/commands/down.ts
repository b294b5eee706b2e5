import type { Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** `connector down`: ends the environment; its state stays. */
export const register: Register = (add) =>
  add({
    name: 'down',
    summary: 'End the environment; all its state stays',
    run: async (context) => {
      const [{ environmentHome }, { stopEnvironment }] = await Promise.all([
        import('../../../infra/environment/home.ts'),
        import('../../../infra/environment/stop-environment.ts'),
      ]);
      const home = environmentHome(context.env);
      const wasUp = await stopEnvironment(home);
      print(context, { environment: home.environment, wasUp }, () =>
        wasUp ? `The environment "${home.environment}" is down.` : `The environment "${home.environment}" was not up.`,
      );
      return exitCodes.done;
    },
  });
