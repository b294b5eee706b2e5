import { environmentOption, type Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** `connector up`: the environment in the background. */
export const register: Register = (add) =>
  add({
    name: 'up',
    summary: 'Bring the environment up in the background, and return when it is ready',
    run: async (context) => {
      const [{ bringUpInBackground }, { describeUp }, { readSettings }, { consoleLines }, { withSession }] =
        await Promise.all([
          import('../bring-up.ts'),
          import('../describe-up.ts'),
          import('../../../infra/environment/settings.ts'),
          import('../login-link.ts'),
          import('../session.ts'),
        ]);
      const { record, wasUp } = await bringUpInBackground(context);
      const { environment, temporalUiOrigins } = readSettings(context.env);
      const option = environmentOption(context);
      const answer = { environment, url: record.publicUrl, temporalUiUrl: temporalUiOrigins[0] ?? null, wasUp };
      // Programs are told the bare address: a link that lets somebody in is made for whoever asks for it.
      const entry = context.json ? '' : await withSession(context.env, (session) => consoleLines(session, option));
      print(context, answer, (up) => describeUp(up, option, entry));
      return exitCodes.done;
    },
  });
