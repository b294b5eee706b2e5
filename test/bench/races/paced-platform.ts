import type { Fault } from '../../../platforms/simulator-faults.ts';
import type { Platform, StepDefinition } from '../../../platforms/platform.ts';
import type { Turns } from './turns.ts';

/**
 * How a platform answers a refresh: in time · `unheard`: it acted and the answer was lost · `unreached`: it never saw the
 * call · `busy`, `limited`: it refused to look · `silent`: we gave up waiting, and no answer came · `late`: it came all the
 * same.
 */
export const answers = ['prompt', 'unheard', 'unreached', 'busy', 'limited', 'silent', 'late'] as const;
export type Answer = (typeof answers)[number];

/** What a race does to the calls that it paces. */
export interface Calls {
  /** How the refresh that is about to be called is answered. */
  nextAnswer(): Answer;
  addFault(fault: Pick<Fault, 'drop' | 'status' | 'headers'>): void;
  passDeadline(): void;
  /** What the platform has just issued never arrives. */
  lost(): void;
  began(): void;
  ended(): void;
}

/** The platform with every call as a turn of its own. What it asks and judges is the platform's. */
export function pacedPlatform(platform: Platform, turns: Turns, calls: Calls): Platform {
  return {
    ...platform,
    refresh: async (credentials, context) => {
      const answer = calls.nextAnswer();
      const call = async (): ReturnType<Platform['refresh']> => {
        const fault = faults[answer];
        if (fault !== undefined) calls.addFault(fault);
        calls.began();
        return platform.refresh(credentials, context).finally(() => {
          if (answer === 'unheard' || answer === 'silent') calls.lost();
        });
      };
      try {
        const grant = await turns.take(`the platform refreshes (${answer})`, call);
        if (answer === 'silent') throw Object.assign(new Error('No answer.'), { name: 'TimeoutError' });
        if (answer === 'late') {
          calls.passDeadline();
          await turns.take('the late answer arrives', () => Promise.resolve());
        }
        return grant;
      } finally {
        calls.ended();
      }
    },
    probe: (credentials, context) => turns.take('the platform is probed', () => platform.probe(credentials, context)),
    revoke: (credentials, context) => turns.take('the platform revokes', () => platform.revoke(credentials, context)),
    steps: platform.steps.map((step) => pacedStep(step, turns)),
  };
}

const faults: Partial<Record<Answer, Pick<Fault, 'drop' | 'status' | 'headers'>>> = {
  unheard: { drop: 'after' },
  unreached: { drop: 'before' },
  busy: { status: 503 },
  limited: { status: 429, headers: { 'retry-after': '60' } },
};

function pacedStep(step: StepDefinition, turns: Turns): StepDefinition {
  switch (step.kind) {
    case 'consent':
      return {
        ...step,
        exchange: (response, context) =>
          turns.take('the platform gives a grant', () => step.exchange(response, context)),
      };
    case 'automatic':
      return {
        ...step,
        run: (credentials, context) => turns.take(`step ${step.id}`, () => step.run(credentials, context)),
      };
    case 'portal':
    case 'choice':
    case 'review':
    case 'activate':
      return step;
  }
}
