import type { OnboardingState, WaitingFor } from '../../model/onboarding.ts';
import type { Field, Step } from '../../model/portal-step.ts';
import { environmentOption, type CommandContext } from './command.ts';
import { defaultColumns, wrapText } from './wrap-text.ts';

const marks = { done: '✓', waiting: '▸', to_do: '·', skipped: '–' } as const;

/** Where an onboarding stands and what to do next, as a person reads it; `withPack`: with all that a review wants. */
export function describeOnboarding(
  state: OnboardingState,
  context: Pick<CommandContext, 'io' | 'env'>,
  { withPack = false }: { readonly withPack?: boolean } = {},
): string {
  const lines = [`${state.platform} (owner ${state.owner}, label ${state.label}): ${state.status}`];
  for (const step of state.steps) lines.push(`  ${marks[step.state]} ${step.id}: ${step.title}`);
  const { waitingFor, refusal } = state;
  if (waitingFor !== null) {
    const environment = environmentOption(context);
    lines.push('', ...describeWaiting(waitingFor), `Waiting since ${waitingFor.since.slice(0, 10)}.`);
    const pack = describePack(waitingFor.step, context.io.columns ?? defaultColumns);
    if (withPack && pack.length > 0) lines.push('', ...pack);
    if (!withPack && pack.length > 0)
      lines.push('', `What to hand in shows: ${commandOf('onboarding', state, environment)}`);
    lines.push('', howToGoOn(state, waitingFor, environment));
  }
  if (refusal !== null) lines.push('', `Refused: ${refusal.remedy.cause}`, `→ ${refusal.remedy.remedy}`);
  return lines.join('\n');
}

/** What is waited for, with the link and what to click. */
export function describeWaiting({ step, consentLink, options, because, review }: WaitingFor): string[] {
  const lines = [step.title];
  for (const { at, reason } of review?.rejections ?? []) lines.push(`Rejected on ${at.slice(0, 10)}: ${reason}`);
  if (review?.phase === 'submitted') lines.push(`Handed in on ${review.submittedAt?.slice(0, 10) ?? '–'}.`);
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

/** What is to be handed in at a review, ready to be copied; nothing at other steps. */
export function describePack(step: Step, columns: number): string[] {
  if (step.kind !== 'review' || step.pack.length === 0) return [];
  return [
    'What to hand in:',
    ...step.pack.flatMap(({ title, items }) => [
      '',
      title,
      ...items.flatMap((item) =>
        wrapText(item, columns - 4).map((line, index) => `${index === 0 ? '  – ' : '    '}${line}`),
      ),
    ]),
  ];
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

function howToGoOn(state: OnboardingState, { step, consentLink, review }: WaitingFor, environment: string): string {
  const done = commandOf('done', state, environment, step.id);
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
      return `When the platform has answered: ${done} --decision approved\n  or: ${done} --decision rejected --reason "what they said"`;
    case 'activate':
    case 'automatic':
      return `To try again: ${done}`;
  }
}

/** A command about an onboarding, for a person to copy. */
function commandOf(
  command: string,
  { platform, owner, label }: OnboardingState,
  environment: string,
  step?: string,
): string {
  const words = ['connector', command, platform, ...(step === undefined ? [] : [step])].join(' ');
  const whose = owner === 'default' ? '' : ` --owner ${owner}`;
  return `${words}${whose}${label === 'main' ? '' : ` --label ${label}`}${environment}`;
}
