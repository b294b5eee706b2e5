import fc from 'fast-check';
import { createAnsweringWalker } from '../../../client/onboarding/answering-walker.ts';
import { AnswersError, parseAnswers } from '../../../client/onboarding/answers.ts';
import type { OnboardingState, WaitingFor } from '../../../model/onboarding.ts';
import type { Step } from '../../../model/portal-step.ts';
import { describePlatform } from '../../../platforms/describe-platform.ts';
import { defineTarget, type Target } from './target.ts';
import { damaged, hostileDocument, hostileText, hostileValue, inheritedNames } from './hostile-values.ts';
import { fine, patienceMs, trouble, type Outcome } from './outcome.ts';
import type { Scene } from './scene.ts';

/** Files for `connect --answers`: taken, and walked by through the steps of a platform, or refused in words. */
export function answersTarget({ service }: Scene): Target {
  const platforms = [...service.platforms.values()].map((platform) => ({
    platform: platform.id,
    steps: describePlatform(platform, `${service.publicUrl}/callback`).steps,
    answers: service.simulators.platforms.get(platform.id)?.answers() ?? {},
  }));
  const inputs = fc
    .constantFrom(...platforms)
    .chain(({ platform, steps, answers }) =>
      fc.record({ platform: fc.constant(platform), steps: fc.constant(steps), text: answersText(steps, answers) }),
    );
  const about = { area: 'files', name: 'connect --answers', weight: 20 };
  return defineTarget(about, inputs, async ({ platform, steps, text }) => {
    const startedMs = performance.now();
    const outcome = await walked(platform, steps, text);
    const tookMs = performance.now() - startedMs;
    return tookMs > patienceMs ? trouble('hangs', `took ${String(Math.round(tookMs))} ms`) : outcome;
  });
}

function answersText(steps: readonly Step[], answers: object): fc.Arbitrary<string> {
  const fields = steps.flatMap((step) => (step.kind === 'portal' ? step.fields.map(({ name }) => name) : []));
  const id = fc.oneof(fc.constantFrom(...steps.map((step) => step.id), ...inheritedNames), hostileText);
  const name = fc.oneof(fc.constantFrom('x', ...fields, ...inheritedNames), hostileText);
  const shaped = fc.record(
    {
      steps: fc.dictionary(id, fc.dictionary(name, fc.oneof(hostileText, hostileValue), { maxKeys: 4 }), {
        maxKeys: 6,
      }),
      consent: fc.oneof(hostileValue, fc.record({ account: hostileText, approve: fc.boolean() }, { requiredKeys: [] })),
      choices: fc.dictionary(id, hostileText, { maxKeys: 4 }),
      reviews: fc.dictionary(
        id,
        fc.record({ decision: fc.constantFrom('approved', 'rejected', 'x'), reason: hostileText }),
        {
          maxKeys: 3,
        },
      ),
      ['__proto__']: hostileValue,
    },
    { requiredKeys: [] },
  );
  const valid = fc.constant(JSON.stringify(answers));
  const texts = shaped.map((value) => JSON.stringify(value));
  return fc.oneof(valid, damaged(valid), { weight: 4, arbitrary: texts }, damaged(texts), hostileDocument);
}

async function walked(platform: string, steps: readonly Step[], text: string): Promise<Outcome> {
  try {
    const answers = parseAnswers(text, 'answers.json');
    const walker = createAnsweringWalker(answers, { agree: () => Promise.resolve() });
    for (const step of steps) {
      const move = await walker.next(waitingFor(step), null, stateAt(platform, steps));
      if (move.move === 'stop' && (move.why.cause === '' || move.why.remedy === ''))
        return trouble('serverErrors', `stops at ${step.id} without a cause or a remedy`);
    }
    return fine('accepted');
  } catch (error) {
    if (error instanceof AnswersError && error.message !== '') return fine('refused');
    return trouble('serverErrors', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
}

function waitingFor(step: Step): WaitingFor {
  const since = '2026-11-23T12:00:00.000Z';
  const options = step.kind === 'choice' ? [{ id: 'a', name: 'A' }] : null;
  const review = step.kind === 'review' ? ({ phase: 'to_submit', submittedAt: null, rejections: [] } as const) : null;
  const consentLink = step.kind === 'consent' ? 'http://localhost:8422/consent/x' : null;
  return { step, since, until: null, consentLink, options, known: [], because: null, review };
}

function stateAt(platform: string, steps: readonly Step[]): OnboardingState {
  return {
    ...{ onboardingId: `onboarding/o/${platform}/main`, connectionId: null, owner: 'o', platform, label: 'main' },
    ...{ status: 'running', waitingFor: null, refusal: null },
    steps: steps.map(({ id, kind, title }) => ({ id, kind, title, state: 'to_do', doneAt: null })),
  };
}
