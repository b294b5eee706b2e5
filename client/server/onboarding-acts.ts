import type { OnboardingRequest, OnboardingState } from '../../model/onboarding.ts';
import { giveStep, untilOpened } from '../onboarding/give-step.ts';
import type { OnboardingKey, Orchestration, StepJudgement } from '../sdk/orchestration.ts';
import type { ServerDependencies } from './dependencies.ts';
import { addressOf } from './onboarding-address.ts';
import { notFound, Problem } from './problem.ts';

/** An onboarding as clients see it: its state, and its id in addresses. */
export type OnboardingView = OnboardingState & { readonly id: string };

const startPatienceMs = 10_000;

/** The state of an onboarding, with its id in addresses. */
export function viewOf(state: OnboardingState): OnboardingView {
  return { id: addressOf(state), ...state };
}

/** Starts an onboarding, or finds the one that runs, and waits until it knows its first step. */
export async function startOnboarding(
  orchestration: Orchestration,
  request: OnboardingRequest,
): Promise<OnboardingView> {
  await orchestration.startOnboarding(request);
  return viewOf(await untilOpened(orchestration, request, startPatienceMs));
}

/** What a person gives at a step; which of it is secret is decided by the step's fields, not by where it was put. */
export interface GivenValues {
  readonly values?: Readonly<Record<string, string>> | undefined;
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  readonly option?: string | undefined;
}

/**
 * Hands a step in. Secrets are sealed into the connection's row before Temporal hears of the step, so that none enters
 * a history. Throws a Problem (422) when a value is refused.
 */
export async function completeStep(
  dependencies: ServerDependencies,
  key: OnboardingKey,
  step: string,
  given: GivenValues,
): Promise<{ judgement: 'done' | 'pending'; view: OnboardingView }> {
  const platform = dependencies.platforms.find(({ id }) => id === key.platform);
  if (platform?.steps.every(({ id }) => id !== step) ?? true) throw notFound(`such step of ${key.platform}`);
  const values = { ...given.values, ...given.secrets };
  const { option } = given;
  const judgement = await giveStep(dependencies, key, { step, values, ...(option === undefined ? {} : { option }) });
  if (judgement.outcome === 'refused') throw refusedStep(step, judgement.refusal);
  if (judgement.outcome === 'done') return { judgement: 'done', view: viewOf(judgement.state) };
  return { judgement: 'pending', view: viewOf(await dependencies.orchestration.onboardingState(key)) };
}

function refusedStep(step: string, refusal: Extract<StepJudgement, { outcome: 'refused' }>['refusal']): Problem {
  const { cause, remedy, link } = refusal.remedy;
  return new Problem({
    type: 'step-refused',
    title: `Step ${step} is not done`,
    status: 422,
    detail: cause,
    cause,
    remedy,
    link,
    field: refusal.field ?? undefined,
  });
}
