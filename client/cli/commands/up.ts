import type { Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** `connector up`: the environment in the background. */
export const register: Register = (add) =>
  add({
    name: 'up',
    summary: 'Bring the environment up in the background, and return when it is ready',
    run: async (context) => {
      const { bringUpInBackground } = await import('../bring-up.ts');
      const { record, wasUp } = await bringUpInBackground(context);
      const answer = { environment: context.env['CONNECTOR_ENV'] ?? 'sandbox', url: record.publicUrl, wasUp };
      print(context, answer, ({ environment, url }) =>
        [`The environment "${environment}" is up${wasUp ? ' already' : ''}: ${url}`, 'To end it: connector down'].join(
          '\n',
        ),
      );
      return exitCodes.done;
    },
  });
