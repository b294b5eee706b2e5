import type { Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** `connector quota`: how much of each quota is used and left. */
export const register: Register = (add) =>
  add({
    name: 'quota',
    summary: 'Show what the platforms count: used, reserved, left, and when it starts anew',
    arguments: [['[platform]', 'only this one: facebook, instagram, youtube, x or tiktok']],
    run: async (context, [platform]) => {
      const [{ connect }, { readSettings }, { quotaTable }] = await Promise.all([
        import('../../sdk/index.ts'),
        import('../../../infra/environment/settings.ts'),
        import('../quota-table.ts'),
      ]);
      const connector = await connect({ settings: readSettings(context.env), orchestration: null });
      try {
        const states = await connector.quotas(platform, context.owner === null ? {} : { owner: context.owner });
        print(context, states, (all) => quotaTable(all, new Date()));
        return exitCodes.done;
      } finally {
        await connector.close();
      }
    },
  });
