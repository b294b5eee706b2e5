import { environmentOption, type Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** `connector up`: the environment in the background. */
export const register: Register = (add) =>
  add({
    name: 'up',
    summary: 'Bring the environment up in the background, and return when it is ready',
    run: async (context) => {
      const [{ bringUpInBackground }, { describeUp }, { readSettings }] = await Promise.all([
        import('../bring-up.ts'),
        import('../describe-up.ts'),
        import('../../../infra/environment/settings.ts'),
      ]);
      const { record, wasUp } = await bringUpInBackground(context);
      const { environment, temporalUiOrigins } = readSettings(context.env);
      const answer = { environment, url: record.publicUrl, temporalUiUrl: temporalUiOrigins[0] ?? null, wasUp };
      print(context, answer, (up) => describeUp(up, environmentOption(context)));
      return exitCodes.done;
    },
  });
