import type { Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** `connector logout`: for a browser that is lost, or a link that went astray. */
export const register: Register = (add) =>
  add({
    name: 'logout',
    summary: 'Sign every browser out of the console, and make login links void that nobody has used',
    run: async (context) => {
      const { withSession } = await import('../session.ts');
      return withSession(context.env, async ({ store }) => {
        const ended = await store.consoleSessions.endAll();
        print(context, { ended }, () => `Signed out: ${String(ended)} ${ended === 1 ? 'browser' : 'browsers'}.`);
        return exitCodes.done;
      });
    },
  });
