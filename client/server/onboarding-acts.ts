import type { OnboardingRequest, OnboardingState } from '../../model/onboarding.ts';
import type { Field } from '../../model/portal-step.ts';
import type { Platform, StepDefinition } from '../../platforms/platform.ts';
import type { OnboardingKey, Orchestration, StepJudgement } from '../sdk/orchestration.ts';
import { TemporalUnreachableError } from '../sdk/orchestration.ts';
import type { ServerDependencies } from './dependencies.ts';
import { addressOf } from './onboarding-address.ts';
import { pollUntil } from './poll.ts';
import { notFound, Problem } from './problem.ts';

/** An onboarding as clients see it: its state, and its id in addresses. */
export type OnboardingView = OnboardingState & { readonly id: string };

const startPatienceMs = 10_000;
const judgementPatienceMs = 15_000;

/** The state of an onboarding, with its id in addresses. */
export function viewOf(state: OnboardingState): OnboardingView {
  return { id: addressOf(state), ...state };
}

/** Starts an onboarding, or finds the one that runs, and waits until it knows its first step. */
export async function startOnboarding(
  orchestration: Orchestration,
  request: OnboardingRequest,
): Promise<OnboardingView> {
  await orchestration.startOnboarding(request);
  const state = await pollUntil(
    () => orchestration.onboardingState(request),
    (seen) => seen.status !== 'running' || seen.waitingFor !== null,
    startPatienceMs,
  );
  if (state.status === 'running' && state.waitingFor === null && state.steps.length === 0) {
    throw new TemporalUnreachableError(`the first step of ${state.onboardingId}`);
  }
  return viewOf(state);
}

/** What a person gives at a step; secret or not is decided by the step's fields, not by where it was put. */
export interface GivenValues {
  readonly values?: Readonly<Record<string, string>> | undefined;
  readonly secrets?: Readonly<Record<string, string>> | undefined;
  readonly option?: string | undefined;
}

/**
 * Hands a step in. Secrets are sealed into the connection's row before Temporal hears of the step, so that none enters
 * a history. Throws a Problem (422) when a value is refused.
 */
export async function completeStep(
  dependencies: ServerDependencies,
  key: OnboardingKey,
  stepId: string,
  given: GivenValues,
): Promise<{ judgement: 'done' | 'pending'; view: OnboardingView }> {
  const { orchestration, platforms } = dependencies;
  const platform = platforms.find(({ id }) => id === key.platform);
  const step = platform?.steps.find(({ id }) => id === stepId);
  if (platform === undefined || step === undefined) throw notFound(`step ${stepId} of ${key.platform}`);
  const { open, secret } = sorted(step, given);
  if (Object.keys(secret).length > 0) {
    const { connectionId, status } = await orchestration.onboardingState(key);
    if (connectionId === null || status !== 'running') throw notFound(`running onboarding ${addressOf(key)}`);
    await seal(dependencies, platform, connectionId, secret);
  }
  const judgement = await orchestration.completeStep(
    key,
    { step: stepId, values: open, ...(given.option === undefined ? {} : { option: given.option }) },
    judgementPatienceMs,
  );
  if (judgement.outcome === 'refused') throw refusedStep(stepId, judgement.refusal);
  if (judgement.outcome === 'done') return { judgement: 'done', view: viewOf(judgement.state) };
  return { judgement: 'pending', view: viewOf(await orchestration.onboardingState(key)) };
}

function sorted(step: StepDefinition, given: GivenValues): Record<'open' | 'secret', Record<string, string>> {
  const fields = step.kind === 'portal' ? step.fields : [];
  const result: Record<'open' | 'secret', Record<string, string>> = { open: {}, secret: {} };
  for (const [name, text] of Object.entries({ ...given.values, ...given.secrets })) {
    const field = fields.find((one) => one.name === name);
    if (field === undefined) throw unknownField(step, name, fields);
    // Portals add blanks and line ends to what is copied.
    const value = text.trim();
    if (field.secret) checkShape(field, value);
    result[field.secret ? 'secret' : 'open'][name] = value;
  }
  return result;
}

/** Before it is stored: on a connection that works, a wrong secret would replace the right one. */
function checkShape(field: Field, value: string): void {
  const fits = field.pattern === undefined || new RegExp(`^(?:${field.pattern})$`, 'u').test(value);
  if (fits && value !== '') return;
  throw refusedStep('', {
    step: '',
    field: field.name,
    remedy: {
      cause: `${field.label} does not look right: it may be cut off, or be another value of the same page.`,
      remedy: 'Copy it once more from the portal.',
    },
  });
}

function unknownField(step: StepDefinition, name: string, fields: readonly Field[]): Problem {
  const known = fields.length === 0 ? 'none' : fields.map((field) => field.name).join(', ');
  return refusedStep(step.id, {
    step: step.id,
    field: name.slice(0, 64),
    remedy: { cause: 'This step has no such field.', remedy: `Its fields: ${known}.` },
  });
}

const sealAttempts = 5;

async function seal(
  { store }: ServerDependencies,
  platform: Platform,
  connectionId: string,
  credentials: Record<string, string>,
): Promise<void> {
  // Another write may come in between (a step, a refresh); the grant is a merge, so it is simply repeated.
  for (let attempt = 0; attempt < sealAttempts; attempt += 1) {
    const facts = await store.connections.facts(connectionId);
    if (facts === null || facts.status === 'revoked') throw notFound(`live connection ${connectionId}`);
    const { version } = facts;
    const readable = platform.readableFields;
    const saved = await store.connections.saveGrant({ connectionId, version, grant: { credentials }, readable });
    if (saved !== null) return;
  }
  throw new Problem({
    type: 'conflict',
    title: 'Conflict',
    status: 409,
    detail: `Connection ${connectionId} kept changing while its secrets were saved.`,
    remedy: 'Send them again.',
  });
}

function refusedStep(step: string, refusal: Extract<StepJudgement, { outcome: 'refused' }>['refusal']): Problem {
  const { cause, remedy, link } = refusal.remedy;
  return new Problem({
    type: 'step-refused',
    title: step === '' ? 'Value refused' : `Step ${step} is not done`,
    status: 422,
    detail: cause,
    cause,
    remedy,
    link,
    field: refusal.field ?? undefined,
  });
}
