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
import type { Step, StepOutcome } from '../model/portal-step.ts';
import { abandon, appReviewDecided, completeStep, onboardingState, portalStepDone, startAnew } from './messages.ts';
import { OnboardingProgress } from './onboarding-progress.ts';
import type { Act, CarriedProgress } from './onboarding-progress.ts';
import { localActivities, onboardingPlatformActivities } from './proxies.ts';
import { consentIsGivenInBrowser, optionIsMissing } from './step-refusals.ts';
import { connectionStatusKey, ownerKey, platformKey, waitingForKey } from './search-attributes.ts';

const dayMs = 24 * 3_600_000;

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
    if ((workflowInfo().continueAsNewSuggested || progress.startsAnew) && progress.isQuiet()) {
      await condition(allHandlersFinished);
      if (progress.isQuiet()) await continueAsNew<typeof onboardConnection>(request, progress.carry());
    }
  }
  upsertSearchAttributes([
    { key: waitingForKey, value: null },
    { key: connectionStatusKey, value: progress.status === 'completed' ? 'active' : null },
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
  setHandler(startAnew, () => {
    progress.startsAnew = true;
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
  if (step === null || step.kind === 'activate') {
    await activate(progress, step);
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
  if (step.kind === 'choice' && progress.options === null) progress.offer(await activities.listOptions(ask));
  if (step.kind === 'review' && progress.review === null) {
    await localActivities.noteReview({ ...ask, event: 'opened' });
    progress.prepareReview();
  }
  await waitForAct(progress, step);
  const act = progress.takeAct();
  if (act === null) return;
  const outcome = await outcomeOf(act, step, progress, activities);
  if (outcome === 'noted') progress.noted(act);
  else progress.judge(act, outcome);
}

/** At the end, or half-way where the platform's folder says so: the connection is proved and becomes active. */
async function activate(progress: OnboardingProgress, step: Step | null): Promise<void> {
  const completed = await localActivities.completeOnboarding({ connectionId: progress.connectionId });
  if (completed.outcome !== 'connected') {
    progress.reopen(completed);
    return;
  }
  progress.activated(completed.facts, completed.consentLink);
  if (step === null) progress.finish('completed');
  else progress.judge(null, { outcome: 'done' });
}

/** Waits for a person, or, while reviewers are silent for too long, reminds one to look at the portal. */
async function waitForAct(progress: OnboardingProgress, step: Step): Promise<void> {
  const said = (): boolean => progress.pendingAct() !== null || progress.abandoned || progress.startsAnew;
  if (step.kind !== 'review' || progress.review?.phase !== 'submitted') {
    await condition(said);
    return;
  }
  while (!(await condition(said, step.remindAfterDays * dayMs))) {
    await localActivities.noteReview({ connectionId: progress.connectionId, step: step.id, event: 'overdue' });
  }
}

/** `noted`: it was right, and the step that is waited for stays the same. */
async function outcomeOf(
  act: Act,
  step: Step,
  progress: OnboardingProgress,
  activities: ReturnType<typeof onboardingPlatformActivities>,
): Promise<StepOutcome | 'noted'> {
  const { connectionId } = progress;
  const renewed = progress.renewedConsent(act, step);
  if (renewed !== null) return renew(progress, await activities.completeConsent({ connectionId, ...renewed }));
  const misplaced = progress.misplaced(act, step);
  if (misplaced !== null) return misplaced;
  const ask = { connectionId, step: step.id };
  switch (step.kind) {
    case 'portal':
      return activities.completePortalStep({ ...ask, values: act.done?.values ?? {} });
    case 'consent':
      if (act.done?.consentRequestId === undefined) return consentIsGivenInBrowser(progress.consentLink);
      return activities.completeConsent({ ...ask, consentRequestId: act.done.consentRequestId });
    case 'choice':
      if (act.done?.option === undefined) return optionIsMissing(progress.options);
      return activities.chooseOption({ ...ask, option: act.done.option });
    case 'review':
      return review(act, ask, progress, activities);
    case 'activate':
    case 'automatic':
      return activities.runAutomaticStep(ask);
  }
}

/** The connection of a waiting onboarding was consented to again: it goes on, and so does the wait. */
async function renew(progress: OnboardingProgress, outcome: StepOutcome): Promise<StepOutcome | 'noted'> {
  if (outcome.outcome !== 'done') return refusalOf(outcome);
  const completed = await localActivities.completeOnboarding({ connectionId: progress.connectionId });
  if (completed.outcome !== 'connected') return refusalOf(completed);
  progress.activated(completed.facts, completed.consentLink);
  return 'noted';
}

/** A failed renewal must not throw the onboarding back to a step that it has behind it. */
function refusalOf({ remedy }: Exclude<StepOutcome, { outcome: 'done' }>): StepOutcome {
  return { outcome: 'refused', remedy };
}

async function review(
  act: Act,
  ask: { readonly connectionId: string; readonly step: string },
  progress: OnboardingProgress,
  activities: ReturnType<typeof onboardingPlatformActivities>,
): Promise<StepOutcome | 'noted'> {
  if (act.review === undefined) {
    await localActivities.noteReview({ ...ask, event: 'submitted' });
    progress.submitReview();
    return 'noted';
  }
  if (act.review.decision === 'approved') return activities.noteReview({ ...ask, event: 'approved' });
  const reason = act.review.reason ?? 'The reviewers gave no reason.';
  await localActivities.noteReview({ ...ask, event: 'rejected', reason });
  progress.rejectReview(reason);
  return 'noted';
}
