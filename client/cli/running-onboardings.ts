import type { OnboardingState } from '../../model/onboarding.ts';
import { resolvePlatform } from '../../platforms/load.ts';
import type { Session } from './session.ts';

export interface OnboardingFilter {
  readonly owner: string | null;
  readonly platform: string | undefined;
  readonly label: string | undefined;
}

/** The onboardings that run now, by what Temporal knows. */
export async function runningOnboardings(session: Session, filter: OnboardingFilter): Promise<OnboardingState[]> {
  const platforms = await session.platforms();
  const platform = filter.platform === undefined ? null : resolvePlatform(platforms, filter.platform).id;
  const client = await session.temporal();
  const { onboardingState } = await import('../../workflows/messages.ts');
  const query = "WorkflowType = 'onboardConnection' AND ExecutionStatus = 'Running'";
  const states: OnboardingState[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) {
    const state = await client.workflow.getHandle(workflowId).query(onboardingState);
    const fits =
      (filter.owner === null || state.owner === filter.owner) &&
      (platform === null || state.platform === platform) &&
      (filter.label === undefined || state.label === filter.label);
    if (fits) states.push(state);
  }
  return states.sort((one, other) => one.onboardingId.localeCompare(other.onboardingId));
}
