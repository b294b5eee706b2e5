import type { Register } from '../command.ts';

/** `connector abandon`: ends an onboarding that nobody will finish. */
export const register: Register = (add) =>
  add<{ label?: string }>({
    name: 'abandon',
    summary: 'Give an onboarding up: what it had is deleted, a connection that works stays',
    arguments: [['<platform>', 'facebook, instagram, youtube, x or tiktok']],
    options: [['--label <label>', 'the label of the onboarding (default: main)']],
    run: async (context, [platform = ''], { label = 'main' }) => {
      const { abandonOnboarding } = await import('../abandon-onboarding.ts');
      return abandonOnboarding(context, { platform, label });
    },
  });
