import type { Register } from '../command.ts';

/** `connector exec`: runs a program that finds a valid token in its environment, and nowhere else. */
export const register: Register = (add) =>
  add<{ account?: string; minSeconds?: string; credentials?: boolean }>({
    name: 'exec',
    summary: 'Run a program with a valid token in its environment (CONNECTOR_ACCESS_TOKEN)',
    arguments: [
      ['<platform>', 'facebook, instagram, youtube, x or tiktok'],
      ['<command...>', 'the program and its arguments; everything behind -- is theirs'],
    ],
    options: [
      ['--account <account>', 'the id or name of the account, where there are several'],
      ['--min-seconds <seconds>', 'how long the token must still live'],
      ['--credentials', 'also all fields, as JSON in CONNECTOR_CREDENTIALS: X signs its calls with four of them'],
    ],
    usage: '[options] <platform> [options] -- <command...>',
    run: async (context, [platform = '', ...command], options) => {
      const { runWithToken } = await import('../run-with-token.ts');
      return runWithToken(context, { platform, command, ...options });
    },
  });
