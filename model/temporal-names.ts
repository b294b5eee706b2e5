/** Workflow ids, queues and types: the names under which the `temporal` CLI finds us. */
export const workflowQueue = 'connector';

/** The queue of a platform's activities; it carries the platform's rate limit. */
export function platformQueue(platform: string): string {
  return `${workflowQueue}-${platform}`;
}

/** The workflow id of an onboarding; one can run at a time for each owner, platform and label. */
export function onboardingId(request: { owner: string; platform: string; label: string }): string {
  return `onboarding/${request.owner}/${request.platform}/${request.label}`;
}

/** The workflow id of the keeper of a connection. */
export function keeperId(connectionId: string): string {
  return `connection/${connectionId}`;
}
