import { environmentOption, type Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** `connector login`: a link for a browser. */
export const register: Register = (add) =>
  add({
    name: 'login',
    summary: 'Print a link that signs your browser in to the console, once, within 10 minutes',
    run: async (context) => {
      const [{ withSession }, { makeLoginLink }] = await Promise.all([
        import('../session.ts'),
        import('../login-link.ts'),
      ]);
      return withSession(context.env, async (session) => {
        print(context, await makeLoginLink(session), ({ url }) =>
          [url, `It works once, for 10 minutes. Another: connector login${environmentOption(context)}`].join('\n'),
        );
        return exitCodes.done;
      });
    },
  });
