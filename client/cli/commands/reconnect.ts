import type { Register } from '../command.ts';

/** `connector reconnect`: consent again for a connection that exists; its id stays. */
export const register: Register = (add) =>
  add<{ account?: string; answers?: string }>({
    name: 'reconnect',
    summary: 'Agree again for a connection that exists: same connection, same account',
    arguments: [['<platform>', 'facebook, instagram, youtube, x or tiktok']],
    options: [
      ['--account <account>', 'the id or name of the account, where there are several'],
      ['--answers <file>', 'JSON with what a person would bring back ("-": the standard input)'],
    ],
    run: async (context, [platform = ''], { account, answers }) => {
      const { reconnectPlatform } = await import('../connect-platform.ts');
      return reconnectPlatform(context, { platform, account, answersFile: answers ?? null });
    },
  });
