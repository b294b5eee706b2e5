import fc from 'fast-check';
import { z } from 'zod';
import { createJudge } from './api-answers.ts';
import { readApiDocument } from './api-document.ts';
import type { Answered } from './ask.ts';
import { defineTarget, type Target } from './target.ts';
import { hostileText } from './hostile-values.ts';
import { fine, type Outcome } from './outcome.ts';
import { owners, type Scene } from './scene.ts';

const path = '/v1/onboardings/{id}/steps/{step}';
const waitedStep = z.object({ id: z.string(), fields: z.array(z.object({ name: z.string() })).default([]) });
const waitingState = z.object({ waitingFor: z.object({ step: waitedStep }).nullable() });
type WaitedStep = z.infer<typeof waitedStep>;

interface Given {
  readonly platform: string;
  readonly label: string;
  /** Of each field in turn: what is right, what looks right, or anything. */
  readonly values: readonly (string | null)[];
  readonly isSecret: boolean;
  readonly option: string | null;
}

/** Values for the very step that an onboarding waits for: those reach the platform's own checks, and the row. */
export async function waitedStepTarget(scene: Scene): Promise<Target> {
  const document = await readApiDocument(scene.ask);
  const operation = document.operations.find((one) => one.path === path);
  if (operation === undefined) throw new Error(`The document does not describe ${path}.`);
  const judge = createJudge(document);
  const send = async (given: Given): Promise<Outcome> => {
    const { platform, label, isSecret, option } = given;
    const started = await post(scene, '/v1/onboardings', { platform, label, owner: owners.fuzzed });
    if (started.kind !== 'answer' || started.status !== 201) return judge(operation, started);
    const step = waitingState.parse(JSON.parse(started.text)).waitingFor?.step;
    if (step === undefined) return fine('none');
    const body = {
      [isSecret ? 'secrets' : 'values']: valuesOf(scene, step, given),
      ...(option === null ? {} : { option }),
    };
    return judge(
      operation,
      await post(scene, `/v1/onboardings/${owners.fuzzed}~${platform}~${label}/steps/${step.id}`, body),
    );
  };
  return defineTarget({ area: 'api', name: `POST ${path} that is waited for`, weight: 3 }, givenTo(scene), send);
}

function post({ ask, keyFor }: Scene, to: string, body: object): Promise<Answered> {
  const headers = { authorization: `Bearer ${keyFor(['connections:write'])}`, 'content-type': 'application/json' };
  return ask({ method: 'POST', path: to, headers, body: JSON.stringify(body) });
}

/** Null stands for what a person would bring back from the simulated portal. */
function valuesOf({ service }: Scene, step: WaitedStep, { platform, values }: Given): Record<string, string> {
  const right = service.simulators.platforms.get(platform)?.answers().steps[step.id] ?? {};
  return Object.fromEntries(
    step.fields.map(({ name }, index) => [name, values[index % values.length] ?? right[name] ?? '']),
  );
}

function givenTo({ service }: Scene): fc.Arbitrary<Given> {
  const seeming = fc.oneof(
    fc.stringMatching(/^[0-9]{5,18}$/),
    fc.stringMatching(/^[a-f0-9]{32}$/),
    fc.stringMatching(/^[A-Za-z0-9_-]{20,40}$/),
    hostileText.map((text) => text.replaceAll(/\s/g, '')),
  );
  const value = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, seeming, hostileText);
  return fc.record({
    platform: fc.constantFrom(...service.platforms.keys()),
    label: fc.nat({ max: 9 }).map((n) => `walk-${String(n)}`),
    values: fc.array(value, { minLength: 1, maxLength: 4 }),
    isSecret: fc.boolean(),
    option: fc.option(hostileText, { freq: 4 }),
  });
}
