import { setTimeout as sleep } from 'node:timers/promises';
import { giveStep } from '../../client/onboarding/give-step.ts';
import type { OnboardingKey } from '../../client/sdk/orchestration.ts';
import type { OnboardingState } from '../../model/onboarding.ts';
import type { PortalAnswers } from '../../platforms/simulator.ts';
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
  const { kind, id } = waitingFor.step;
  return (kind !== 'automatic' && kind !== 'activate' && kind !== 'choice') || refusal?.step === id;
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
