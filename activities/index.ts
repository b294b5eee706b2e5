import { Context } from '@temporalio/activity';
import type {
  KeeperActivities,
  NoticeActivities,
  OnboardingActivities,
  ReconcileActivities,
} from '../workflows/ports.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { keeperActivities } from './keeper.ts';
import { onboardingActivities } from './onboarding.ts';
import { reconcileActivities } from './reconcile.ts';
import { toApplicationFailure } from './to-application-failure.ts';

export type { ActivityDependencies, Keepers, Notices } from './dependencies.ts';

export type Activities = OnboardingActivities & KeeperActivities & ReconcileActivities & NoticeActivities;

/** All that workflows may ask for, over real I/O. */
export function createActivities(dependencies: ActivityDependencies): Activities {
  const onboarding = onboardingActivities(dependencies);
  const keeper = keeperActivities(dependencies);
  const reconcile = reconcileActivities(dependencies);
  return {
    openOnboarding: guarded(onboarding.openOnboarding),
    completePortalStep: guarded(onboarding.completePortalStep),
    completeConsent: guarded(onboarding.completeConsent),
    listOptions: guarded(onboarding.listOptions),
    chooseOption: guarded(onboarding.chooseOption),
    runAutomaticStep: guarded(onboarding.runAutomaticStep),
    completeOnboarding: guarded(onboarding.completeOnboarding),
    noteReview: guarded(onboarding.noteReview),
    abandonOnboarding: guarded(onboarding.abandonOnboarding),
    inspectConnection: guarded(keeper.inspectConnection),
    refreshConnection: guarded(keeper.refreshConnection),
    saveUnsaved: guarded(keeper.saveUnsaved),
    probeConnection: guarded(keeper.probeConnection),
    remindPerson: guarded(keeper.remindPerson),
    revokeConnection: guarded(keeper.revokeConnection),
    reconcileConnections: guarded(reconcile.reconcileConnections),
    postNotice: guarded(dependencies.postNotice),
  };
}

/** Heartbeats while it runs, so that a dead worker is noticed in seconds, and throws what a history may hold. */
function guarded<A extends unknown[], R>(act: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 3_000);
    try {
      return await act(...args);
    } catch (error) {
      throw toApplicationFailure(error);
    } finally {
      clearInterval(beat);
    }
  };
}
