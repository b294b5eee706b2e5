import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  setHandler,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { OnboardingRequest, OnboardingState } from '../model/onboarding.ts';
import type { Option, Step, StepOutcome } from '../model/portal-step.ts';
import { abandon, appReviewDecided, completeStep, onboardingState, portalStepDone } from './messages.ts';
import { OnboardingProgress } from './onboarding-progress.ts';
import type { Act, CarriedProgress } from './onboarding-progress.ts';
import { localActivities, onboardingPlatformActivities } from './proxies.ts';
import { connectionStatusKey, ownerKey, platformKey, waitingForKey } from './search-attributes.ts';

/**
 * Walks a person through connecting one account, for as many weeks as it takes.
 *
 * A step is waited for until a signal or update says that it is done, an activity judges it, and its outcome decides:
 * `done` goes on, `refused` leaves it open with cause and remedy, `again` goes back to an earlier step. The steps are
 * data that an activity read once, so a changed portal never breaks the replay of an onboarding under way.
 */
export async function onboardConnection(
  request: OnboardingRequest,
  carried?: CarriedProgress,
): Promise<OnboardingState> {
  const progress = new OnboardingProgress(request, workflowInfo().workflowId, carried);
  handleMessages(progress);
  upsertSearchAttributes([
    { key: platformKey, value: request.platform },
    { key: ownerKey, value: request.owner },
    { key: connectionStatusKey, value: 'pending' },
  ]);

  if (!progress.isOpen()) {
    progress.open(await localActivities.openOnboarding({ ...request, newConnectionId: uuid4() }));
  }
  while (progress.status === 'running') {
    if (progress.abandoned) {
      await localActivities.abandonOnboarding({ connectionId: progress.connectionId });
      progress.finish('abandoned');
      break;
    }
    await advance(progress, request.platform);
    if (workflowInfo().continueAsNewSuggested && progress.isQuiet()) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof onboardConnection>(request, progress.carry());
    }
  }
  upsertSearchAttributes([
    { key: waitingForKey, value: null },
    { key: connectionStatusKey, value: progress.status === 'completed' ? 'active' : 'revoked' },
  ]);
  await condition(allHandlersFinished);
  return progress.state();
}

function handleMessages(progress: OnboardingProgress): void {
  setHandler(onboardingState, () => progress.state());
  setHandler(portalStepDone, (done) => {
    progress.receive({ done });
  });
  setHandler(appReviewDecided, (review) => {
    progress.receive({ review });
  });
  setHandler(abandon, () => {
    progress.abandoned = true;
  });
  setHandler(completeStep, async (done) => {
    const act = progress.receive({ done });
    await condition(() => act.outcome !== null || progress.status !== 'running');
    if (act.outcome !== null && act.outcome.outcome !== 'done') {
      const { cause, remedy } = act.outcome.remedy;
      throw ApplicationFailure.create({
        type: 'StepRefused',
        message: `${cause} ${remedy}`,
        nonRetryable: true,
        details: [act.outcome],
      });
    }
    return progress.state();
  });
}

async function advance(progress: OnboardingProgress, platform: string): Promise<void> {
  const step = progress.current();
  if (step === null) {
    const completed = await localActivities.completeOnboarding({ connectionId: progress.connectionId });
    if (completed.outcome === 'connected') progress.connected(completed.facts);
    else progress.reopen(completed);
    return;
  }
  upsertSearchAttributes([{ key: waitingForKey, value: step.id }]);
  const activities = onboardingPlatformActivities(platform);
  const ask = { connectionId: progress.connectionId, step: step.id };
  // A refusal of an automatic step waits for a person to say "try again", as every other step does.
  if (step.kind === 'automatic' && progress.refusal === null) {
    progress.judge(null, await activities.runAutomaticStep(ask));
    return;
  }
  if (step.kind === 'choice' && progress.options === null) {
    await offer(progress, await activities.listOptions(ask));
    if (progress.pendingAct() === null) return;
  }
  await condition(() => progress.pendingAct() !== null || progress.abandoned);
  const act = progress.takeAct();
  if (act === null) return;
  progress.judge(act, await outcomeOf(act, step, progress, activities));
}

/** A single option that can be chosen is chosen: nobody is asked a question that has one answer. */
async function offer(progress: OnboardingProgress, options: readonly Option[]): Promise<void> {
  progress.options = options;
  const possible = options.filter((option) => option.unavailable === undefined);
  const [only] = possible;
  const step = progress.current();
  if (possible.length === 1 && only !== undefined && step !== null) {
    progress.receive({ done: { step: step.id, option: only.id } });
  }
  await Promise.resolve();
}

async function outcomeOf(
  act: Act,
  step: Step,
  progress: OnboardingProgress,
  activities: ReturnType<typeof onboardingPlatformActivities>,
): Promise<StepOutcome> {
  const misplaced = progress.misplaced(act, step);
  if (misplaced !== null) return misplaced;
  const ask = { connectionId: progress.connectionId, step: step.id };
  switch (step.kind) {
    case 'portal':
      return activities.completePortalStep({ ...ask, values: act.done?.values ?? {} });
    case 'consent':
      if (act.done?.consentRequestId === undefined) return progress.consentIsGivenInBrowser();
      return activities.completeConsent({ ...ask, consentRequestId: act.done.consentRequestId });
    case 'choice':
      if (act.done?.option === undefined) return progress.optionIsMissing();
      return activities.chooseOption({ ...ask, option: act.done.option });
    case 'automatic':
      return activities.runAutomaticStep(ask);
    case 'review':
      return progress.reviewed(act);
  }
}
