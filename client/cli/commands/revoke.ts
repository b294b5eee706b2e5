import type { Register } from '../command.ts';

/** `connector revoke`. */
export const register: Register = (add) =>
  add<{ account?: string }>({
    name: 'revoke',
    summary: 'Disconnect: end the grant at the platform and erase its secrets',
    arguments: [['<platform>', 'facebook, instagram, youtube, x or tiktok']],
    options: [['--account <account>', 'the id or name of the account, where there are several']],
    run: async (context, [platform = ''], { account }) => {
      const { tellKeeper } = await import('../tell-keeper.ts');
      return tellKeeper(context, {
        platform,
        account,
        message: 'revoke',
        said: 'is being revoked: its grant ends at the platform and its secrets are erased',
      });
    },
  });
