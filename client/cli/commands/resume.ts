import type { Register } from '../command.ts';

/** `connector resume`. */
export const register: Register = (add) =>
  add<{ account?: string }>({
    name: 'resume',
    summary: 'Go on refreshing a connection that was paused',
    arguments: [['<platform>', 'facebook, instagram, youtube, x or tiktok']],
    options: [['--account <account>', 'the id or name of the account, where there are several']],
    run: async (context, [platform = ''], { account }) => {
      const { tellKeeper } = await import('../tell-keeper.ts');
      return tellKeeper(context, { platform, account, message: 'resume', said: 'goes on' });
    },
  });
