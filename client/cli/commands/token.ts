import type { Register } from '../command.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** `connector token`: prints a valid access token. */
export const register: Register = (add) =>
  add<{ account?: string; minSeconds?: string }>({
    name: 'token',
    summary: 'Print a valid access token',
    arguments: [['<platform>', 'facebook, instagram, youtube, x or tiktok']],
    options: [
      ['--account <account>', 'the id or name of the account, where there are several'],
      ['--min-seconds <seconds>', 'how long the token must still live'],
    ],
    run: async (context, [platform = ''], { account, minSeconds }) => {
      const minimumSeconds = minSeconds === undefined ? undefined : secondsFrom(minSeconds);
      const [{ connect }, { readSettings }] = await Promise.all([
        import('../../sdk/index.ts'),
        import('../../../infra/environment/settings.ts'),
      ]);
      const connector = await connect({ settings: readSettings(context.env) });
      try {
        const owner = context.owner ?? 'default';
        const token = await connector.getValidToken(platform, { owner, account, minimumSeconds });
        print(context, token, ({ accessToken }) => accessToken);
        return exitCodes.done;
      } finally {
        await connector.close();
      }
    },
  });

/** A number of seconds, 0 or more. Throws a usage failure. */
export function secondsFrom(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new CommandFailure(exitCodes.usage, {
    what: `--min-seconds is ${JSON.stringify(text)}.`,
    remedy: 'Give a number of seconds, as in: --min-seconds 600',
  });
}
