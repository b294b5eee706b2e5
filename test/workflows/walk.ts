import { setTimeout as sleep } from 'node:timers/promises';
import { giveStep } from '../../client/onboarding/give-step.ts';
import type { OnboardingKey } from '../../client/sdk/orchestration.ts';
import type { OnboardingState } from '../../model/onboarding.ts';
import type { Step } from '../../model/portal-step.ts';
import { onboardingId } from '../../model/temporal-names.ts';
import type { PortalAnswers } from '../../platforms/simulator.ts';
import { appReviewDecided } from '../../workflows/messages.ts';
import type { Service } from '../service.ts';

/** What a person would bring back from the simulated portal of a platform. */
export function answersOf({ simulators }: Service, platform: string): PortalAnswers {
  const simulator = simulators.platforms.get(platform);
  if (simulator === undefined) throw new Error(`There is no simulator of ${platform}.`);
  return simulator.answers();
}

/** The state once the connector waits for somebody, or has ended. */
export async function settled({ orchestration }: Service, key: OnboardingKey): Promise<OnboardingState> {
  for (;;) {
    const state = await orchestration.onboardingState(key);
    if (state.status !== 'running' || isForSomebody(state)) return state;
    await sleep(20);
  }
}

function isForSomebody({ waitingFor, refusal }: OnboardingState): boolean {
  if (waitingFor === null) return false;
  const { options, step } = waitingFor;
  const { kind, id } = step;
  // Choices with one option are taken without asking.
  if (kind === 'choice')
    return options !== null && options.filter(({ unavailable }) => unavailable === undefined).length !== 1;
  return (kind !== 'automatic' && kind !== 'activate') || refusal?.step === id;
}

/** Does every portal step with the simulator's answers, up to the first step of another kind, or to `until`. */
export async function walkPortal(
  service: Service,
  key: OnboardingKey,
  { until }: { until?: string } = {},
): Promise<OnboardingState> {
  const { steps } = answersOf(service, key.platform);
  const parts = { ...service, platforms: [...service.platforms.values()] };
  for (;;) {
    const state = await settled(service, key);
    const step = state.waitingFor?.step;
    if (step?.kind !== 'portal' || step.id === until) return state;
    const judgement = await giveStep(parts, key, { step: step.id, values: steps[step.id] ?? {} });
    if (judgement.outcome === 'refused') throw new Error(`${step.id}: ${judgement.refusal.remedy.cause}`);
  }
}

/** Walks as a person would, with the simulator's answers, until nothing is left that the answers cover, or to `until`. */
export async function walkToEnd(
  service: Service,
  key: OnboardingKey,
  { until = () => false }: { until?: (step: Step) => boolean } = {},
): Promise<OnboardingState> {
  const { steps, consent, choices = {}, reviews = {} } = answersOf(service, key.platform);
  const parts = { ...service, platforms: [...service.platforms.values()] };
  for (;;) {
    const state = await settled(service, key);
    const { step, consentLink } = state.waitingFor ?? {};
    if (state.status !== 'running' || step === undefined || until(step)) return state;
    if (step.kind === 'consent') {
      const page = await service.consent(consentLink ?? '', consent);
      if (page.status !== 200) throw new Error(`${step.id}: ${page.text}`);
      continue;
    }
    if (step.kind === 'review' && reviews[step.id] === undefined) return state;
    if (step.kind !== 'portal' && step.kind !== 'choice')
      throw new Error(`${step.id}: ${state.refusal?.remedy.cause ?? ''}`);
    const option = choices[step.id];
    const answer = step.kind === 'choice' && option !== undefined ? { option } : { values: steps[step.id] ?? {} };
    const judgement = await giveStep(parts, key, { step: step.id, ...answer });
    if (judgement.outcome === 'refused') throw new Error(`${step.id}: ${judgement.refusal.remedy.cause}`);
  }
}

/** The platform approves what is in review; the state as the next step of a person is waited for. */
export async function approveReview(service: Service, key: OnboardingKey): Promise<OnboardingState> {
  const step = (await settled(service, key)).waitingFor?.step.id ?? '';
  service.simulators.platforms.get(key.platform)?.decide?.(step, 'approved');
  const onboarding = service.temporal.client.workflow.getHandle(onboardingId(key));
  await onboarding.signal(appReviewDecided, { decision: 'approved' });
  for (;;) {
    const state = await settled(service, key);
    if (state.waitingFor?.step.id !== step) return state;
  }
}
