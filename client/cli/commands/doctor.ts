import type { Register } from '../command.ts';

/** `connector doctor`: why does it not work? */
export const register: Register = (add) =>
  add<{ account?: string }>({
    name: 'doctor',
    summary: 'Find out what is wrong: with evidence, cause and remedy',
    arguments: [['[platform]', 'only this platform']],
    run: async (context, [platform]) => {
      const { examine } = await import('../doctor/examine.ts');
      return examine(context, platform);
    },
  });
