import { onboardingId } from '../../model/temporal-names.ts';
import type { OnboardingKey } from '../sdk/orchestration.ts';

/** What an owner or a label may look like, so that it fits in a workflow id and in an address. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9._@+:-]{0,63}$/;

/** The id of an onboarding in addresses: `owner~platform~label`. */
export function addressOf({ owner, platform, label }: OnboardingKey): string {
  return [owner, platform, label].join('~');
}

/** The onboarding that an address means, or null. The workflow's own id is understood as well. */
export function keyOf(address: string): OnboardingKey | null {
  const parts = address.startsWith('onboarding/') ? address.split('/').slice(1) : address.split('~');
  const [owner, platform, label] = parts;
  if (parts.length !== 3 || owner === undefined || platform === undefined || label === undefined) return null;
  if (![owner, platform, label].every((part) => namePattern.test(part))) return null;
  return { owner, platform, label };
}

/** The workflow's id, for `temporal workflow …`. */
export const workflowIdOf = onboardingId;
