import type { OnboardingState } from '../../model/onboarding.ts';
import type { Platform, PlatformContext, StepDefinition } from '../../platforms/platform.ts';
import type { ConnectionFacts } from '../../model/connection.ts';
import type { ServerDependencies } from './dependencies.ts';

export type ConsentStepDefinition = Extract<StepDefinition, { kind: 'consent' }>;

/**
 * The consent step that a connection is at. A platform with several (one for its sandbox, one for production) is asked
 * for the one that its onboarding waits for, and the first one while nobody can say. Null: it has none.
 */
export async function consentStepOf(
  { orchestration }: ServerDependencies,
  platform: Platform,
  facts: ConnectionFacts,
): Promise<ConsentStepDefinition | null> {
  const steps = platform.steps.filter((step): step is ConsentStepDefinition => step.kind === 'consent');
  const [first] = steps;
  if (first === undefined || steps.length === 1) return first ?? null;
  const state: OnboardingState | null = await orchestration.onboardingState(facts).catch(() => null);
  if (state?.connectionId !== facts.id) return first;
  return steps.find(({ id }) => id === state.waitingFor?.step.id) ?? first;
}

/** Where the platforms send a person's browser back to. */
export function redirectUriOf({ settings }: ServerDependencies): string {
  return new URL('/callback', settings.publicUrl).href;
}

/** What platform code may do and know at a consent. */
export function consentContext(dependencies: ServerDependencies, facts: ConnectionFacts): PlatformContext {
  const { network, clock } = dependencies;
  return { network, clock, redirectUri: redirectUriOf(dependencies), scopes: facts.scopes };
}
