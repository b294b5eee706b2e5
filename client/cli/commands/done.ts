import type { Register } from '../command.ts';

/** `connector done`: hands one step of an onboarding in. */
export const register: Register = (add) =>
  add<{ set: string[]; secret: string[]; option?: string; label?: string; decision?: string; reason?: string }>({
    name: 'done',
    summary: 'Say that a step of an onboarding is done, with what it brought',
    arguments: [
      ['<platform>', 'facebook, instagram, youtube, x or tiktok'],
      ['<step>', 'the id of the step, as connector onboarding shows it'],
    ],
    options: [
      ['--option <id>', 'at a choice step: which one'],
      ['--decision <decision>', 'at a review step: approved or rejected'],
      ['--reason <text>', 'with --decision rejected: what the reviewers said'],
      ['--label <label>', 'the label of the onboarding (default: main)'],
    ],
    repeated: [
      ['--set <name=value>', 'a value that is not secret'],
      ['--secret <name=@file>', 'a secret value from a file, or from the standard input with name=-'],
    ],
    run: async (context, [platform = '', step = ''], options) => {
      const { handInStep } = await import('../hand-in-step.ts');
      return handInStep(context, { platform, step, ...options, label: options.label ?? 'main' });
    },
  });
