import type { OnboardingState } from '../../model/onboarding.ts';
import type { Platform, PlatformContext, StepDefinition } from '../../platforms/platform.ts';
import type { ConnectionFacts } from '../../model/connection.ts';
import type { ServerDependencies } from './dependencies.ts';

export type ConsentStepDefinition = Extract<StepDefinition, { kind: 'consent' }>;

/**
 * The consent step that a connection is at. A platform with several (one for its sandbox, one for production) is asked
 * for the one that its onboarding waits for, or else for the one that its credentials came from. Null: it has none.
 */
export async function consentStepOf(
  { orchestration, store }: ServerDependencies,
  platform: Platform,
  facts: ConnectionFacts,
): Promise<ConsentStepDefinition | null> {
  const steps = platform.steps.filter((step): step is ConsentStepDefinition => step.kind === 'consent');
  const [first] = steps;
  if (first === undefined || steps.length === 1) return first ?? null;
  const state: OnboardingState | null = await orchestration.onboardingState(facts).catch(() => null);
  const running = state?.status === 'running' && state.connectionId === facts.id ? state : null;
  const waiting = steps.find(({ id }) => id === running?.waitingFor?.step.id);
  if (waiting !== undefined) return waiting;
  // The connection is renewed while its onboarding waits for something else, or after its end: where it stands decides.
  const loaded = await store.connections.load(facts.id);
  const at = loaded === null ? undefined : platform.reconnectAt?.(loaded.credentials);
  return steps.find(({ id }) => id === at) ?? first;
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
