import type { Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** `connector onboarding`: where the onboardings stand, for a person or a program that walks them. */
export const register: Register = (add) =>
  add<{ label?: string }>({
    name: 'onboarding',
    summary: 'Show what the onboardings wait for, since when, and what to do',
    arguments: [['[platform]', 'only this platform']],
    options: [['--label <label>', 'only the onboarding of that label']],
    run: async (context, [platform], { label }) => {
      const [{ withSession }, { runningOnboardings }, { describeOnboarding }] = await Promise.all([
        import('../session.ts'),
        import('../running-onboardings.ts'),
        import('../describe-onboarding.ts'),
      ]);
      return withSession(context.env, async (session) => {
        const states = await runningOnboardings(session, { owner: context.owner, platform, label });
        print(context, states, (all) =>
          all.length === 0
            ? 'No onboarding runs. Start one with: connector connect PLATFORM'
            : all.map((state) => describeOnboarding(state, context, { withPack: true })).join('\n\n'),
        );
        return exitCodes.done;
      });
    },
  });
