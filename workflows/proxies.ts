import { proxyActivities } from '@temporalio/workflow';
import { platformQueue, workflowQueue } from '../model/temporal-names.ts';
import type { KeeperActivities, NoticeActivities, OnboardingActivities, ReconcileActivities } from './ports.ts';

/** Activities that reach Postgres and Temporal only: repeated until these are back. */
export const localActivities = proxyActivities<OnboardingActivities & KeeperActivities & ReconcileActivities>({
  taskQueue: workflowQueue,
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** Posts to the webhook of whoever runs this: later and later while it is away. */
export const noticeActivities = proxyActivities<NoticeActivities>({
  taskQueue: workflowQueue,
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout: '3 days',
  retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '1 hour' },
});

/**
 * Activities that call a platform, on the queue that carries its rate limit. What the platform answered comes back as
 * an outcome; a retry by Temporal only ever follows a crash, a time-out or an absent database.
 */
export function onboardingPlatformActivities(platform: string): OnboardingActivities {
  return proxyActivities<OnboardingActivities>(platformOptions(platform));
}

export function keeperPlatformActivities(platform: string): KeeperActivities {
  return proxyActivities<KeeperActivities>(platformOptions(platform));
}

function platformOptions(platform: string): Parameters<typeof proxyActivities>[0] {
  return {
    taskQueue: platformQueue(platform),
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '15 seconds',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
  };
}
