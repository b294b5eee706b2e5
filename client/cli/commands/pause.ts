import type { Register } from '../command.ts';

/** `connector pause`. */
export const register: Register = (add) =>
  add<{ account?: string }>({
    name: 'pause',
    summary: 'Stop refreshing a connection until it is resumed',
    arguments: [['<platform>', 'facebook, instagram, youtube, x or tiktok']],
    options: [['--account <account>', 'the id or name of the account, where there are several']],
    run: async (context, [platform = ''], { account }) => {
      const { tellKeeper } = await import('../tell-keeper.ts');
      return tellKeeper(context, {
        platform,
        account,
        message: 'pause',
        said: 'is paused: no refresh and no probe until it is resumed',
      });
    },
  });
