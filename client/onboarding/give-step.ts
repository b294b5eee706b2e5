import type { OnboardingState, Refusal, StepDone } from '../../model/onboarding.ts';
import type { Field } from '../../model/portal-step.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Store } from '../../store/store.ts';
import { TemporalUnreachableError } from '../sdk/orchestration.ts';
import type { OnboardingKey, Orchestration, StepJudgement } from '../sdk/orchestration.ts';
import { pollUntil } from './poll-until.ts';

/** What a client needs to walk somebody through an onboarding. */
export interface OnboardingParts {
  readonly store: Pick<Store, 'connections'>;
  readonly platforms: readonly Platform[];
  readonly orchestration: Pick<Orchestration, 'startOnboarding' | 'onboardingState' | 'completeStep'>;
}

/** What a person says about a step; secrets are among the values here, and nowhere beyond. */
export interface StepAnswer {
  readonly step: string;
  readonly values?: Readonly<Record<string, string>>;
  /** At a choice step: the id of the chosen option. */
  readonly option?: string;
}

const patienceMs = 30_000;

/**
 * Hands a step in and waits for its judgement. Secret values go sealed into the pending row first, so that the message to
 * the workflow names the step and holds none of them.
 */
export async function giveStep(parts: OnboardingParts, key: OnboardingKey, answer: StepAnswer): Promise<StepJudgement> {
  const state = await untilOpened(parts.orchestration, key, patienceMs);
  const fields = fieldsOf(state, answer.step);
  const { secrets, plain } = partition(fields, answer.values ?? {});
  const refusal = refuseSecret(fields, secrets, answer.step);
  if (refusal !== null) return { outcome: 'refused', refusal };
  if (Object.keys(secrets).length > 0 && state.connectionId !== null) {
    await sealSecrets(parts, key.platform, state.connectionId, secrets);
  }
  const done: StepDone = {
    step: answer.step,
    ...(Object.keys(plain).length === 0 ? {} : { values: plain }),
    ...(answer.option === undefined ? {} : { option: answer.option }),
  };
  return parts.orchestration.completeStep(key, done, patienceMs);
}

/**
 * The state of an onboarding once its row exists and its steps are known: before that there is no place for secrets. Throws
 * TemporalUnreachableError when nothing works on it for `patienceMs`.
 */
export async function untilOpened(
  orchestration: Pick<Orchestration, 'onboardingState'>,
  key: OnboardingKey,
  patienceMs: number,
): Promise<OnboardingState> {
  const isOpen = ({ status, steps }: OnboardingState): boolean => status !== 'running' || steps.length > 0;
  const state = await pollUntil(() => orchestration.onboardingState(key), isOpen, patienceMs);
  if (isOpen(state)) return state;
  throw new TemporalUnreachableError(`the first step of ${state.onboardingId}`);
}

/** The fields of the step that is waited for; another step's values are not taken, the workflow says why. */
function fieldsOf(state: OnboardingState, step: string): readonly Field[] {
  const waiting = state.waitingFor?.step;
  return waiting?.id === step && waiting.kind === 'portal' ? waiting.fields : [];
}

function partition(
  fields: readonly Field[],
  values: Readonly<Record<string, string>>,
): { secrets: Record<string, string>; plain: Record<string, string> } {
  const secrets: Record<string, string> = {};
  const plain: Record<string, string> = {};
  for (const [name, copied] of Object.entries(values)) {
    // Portals and files add blanks and line ends to what is copied.
    const value = copied.trim();
    const field = fields.find((one) => one.name === name);
    // A name that the step does not have may carry a secret all the same: its value stays here, the name is judged.
    if (field === undefined) plain[name] = '';
    else if (field.secret) secrets[name] = value;
    else plain[name] = value;
  }
  return { secrets, plain };
}

/** Before it is stored: on a connection that works, a wrong secret would replace the right one. */
function refuseSecret(
  fields: readonly Field[],
  secrets: Readonly<Record<string, string>>,
  step: string,
): Omit<Refusal, 'at'> | null {
  for (const { name, label, pattern } of fields) {
    const value = secrets[name];
    if (value === undefined) continue;
    if (value !== '' && (pattern === undefined || new RegExp(`^(?:${pattern})$`, 'u').test(value))) continue;
    const cause = `${label} does not look right: it may be cut off, or be another value of the same page.`;
    return { step, field: name, remedy: { cause, remedy: 'Copy it once more from the portal.' } };
  }
  return null;
}

async function sealSecrets(
  { store, platforms }: OnboardingParts,
  platformId: string,
  connectionId: string,
  credentials: Record<string, string>,
): Promise<void> {
  const platform = platforms.find(({ id }) => id === platformId);
  if (platform === undefined) throw new Error(`There is no platform "${platformId}".`);
  for (;;) {
    const facts = await store.connections.facts(connectionId);
    if (facts === null || facts.status === 'revoked') {
      throw new Error(
        `The ${platform.name} connection ${connectionId} was disconnected meanwhile. Run: connector connect ${platformId}`,
      );
    }
    const readable = platform.readableFields;
    const saved = await store.connections.saveGrant({
      connectionId,
      version: facts.version,
      grant: { credentials },
      readable,
    });
    // Null: somebody wrote in between. It is a merge, so it is simply repeated.
    if (saved !== null) return;
  }
}
