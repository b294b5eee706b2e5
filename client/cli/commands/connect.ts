import type { Register } from '../command.ts';

/** `connector connect`: walks somebody through connecting an account. */
export const register: Register = (add) =>
  add<{ answers?: string; label?: string }>({
    name: 'connect',
    summary: 'Connect an account: step by step, or by answers that were written down',
    arguments: [['<platform>', 'facebook, instagram, youtube, x or tiktok']],
    options: [
      ['--answers <file>', 'JSON with what a person would bring back ("-": the standard input)'],
      ['--label <label>', 'tells two onboardings of one platform apart (default: main)'],
    ],
    run: async (context, [platform = ''], { answers, label }) => {
      const { connectPlatform } = await import('../connect-platform.ts');
      return connectPlatform(context, { platform, label: label ?? 'main', answersFile: answers ?? null });
    },
  });
