import type { OnboardingState, WaitingFor } from '../../model/onboarding.ts';
import type { Field } from '../../model/portal-step.ts';

const marks = { done: '✓', waiting: '▸', to_do: '·', skipped: '–' } as const;

/** Where an onboarding stands and what to do next, as a person reads it. */
export function describeOnboarding(state: OnboardingState): string {
  const lines = [`${state.platform} (owner ${state.owner}, label ${state.label}): ${state.status}`];
  for (const step of state.steps) lines.push(`  ${marks[step.state]} ${step.id}: ${step.title}`);
  const { waitingFor, refusal } = state;
  if (waitingFor !== null) lines.push('', ...describeWaiting(waitingFor), '', howToGoOn(state, waitingFor));
  if (refusal !== null) lines.push('', `Refused: ${refusal.remedy.cause}`, `→ ${refusal.remedy.remedy}`);
  return lines.join('\n');
}

/** What is waited for, with the link and what to click. */
export function describeWaiting({ step, consentLink, options, because }: WaitingFor): string[] {
  const lines = [step.title];
  if (because !== null) lines.push(`Again, because: ${because.cause}`, `→ ${because.remedy}`);
  const link = 'link' in step ? step.link : consentLink;
  if (link !== null) lines.push(link);
  lines.push(...step.instructions.map((text, index) => `  ${String(index + 1)}. ${text}`));
  if (step.kind === 'portal') lines.push(...step.fields.map((field) => `  – ${describeField(field)}`));
  for (const option of options ?? []) {
    lines.push(
      `  – ${option.id}: ${option.name}${option.unavailable === undefined ? '' : ` (not possible: ${option.unavailable})`}`,
    );
  }
  return lines;
}

function describeField({ name, label, secret, required, example }: Field): string {
  const words = [
    secret ? 'secret' : null,
    required ? null : 'may be left out',
    example === undefined ? null : `like ${example}`,
  ];
  const more = words.filter((word) => word !== null).join(', ');
  return `${name}: ${label}${more === '' ? '' : ` (${more})`}`;
}

function howToGoOn({ platform, owner, label }: OnboardingState, { step, consentLink, review }: WaitingFor): string {
  const more = [owner === 'default' ? '' : ` --owner ${owner}`, label === 'main' ? '' : ` --label ${label}`].join('');
  const done = `connector done ${platform} ${step.id}${more}`;
  switch (step.kind) {
    case 'portal': {
      const values = step.fields.map(({ name, secret }) => (secret ? `--secret ${name}=@FILE` : `--set ${name}=…`));
      return `Then: ${[done, ...values].join(' ')}`;
    }
    case 'consent':
      return `Open the link in a browser and agree: ${consentLink ?? ''}`;
    case 'choice':
      return `Then: ${done} --option ID`;
    case 'review':
      if (review?.phase === 'to_submit') return `When it is handed in: ${done}`;
      return `When the platform has answered: ${done} --decision approved`;
    case 'activate':
    case 'automatic':
      return `To try again: ${done}`;
  }
}
