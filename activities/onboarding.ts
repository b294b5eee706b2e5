import type { ConnectionFacts } from '../model/connection.ts';
import type { StepOutcome } from '../model/portal-step.ts';
import type { Clock } from '../platforms/network.ts';
import { findStep } from '../platforms/find-step.ts';
import type { Platform, StepDefinition, StepResult } from '../platforms/platform.ts';
import type { StoredConnection } from '../store/store.ts';
import type { OnboardingActivities, ReviewAct } from '../workflows/ports.ts';
import { completeOnboarding } from './complete-onboarding.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { consentLink } from './dependencies.ts';
import { openOnboarding } from './open-onboarding.ts';
import { noteReviewTask } from './review.ts';
import { endOrphan } from './end-orphan.ts';
import { isFinal, judge } from './judge-failure.ts';
import { contextFor, platformOf } from './platform-of.ts';
import { refuseShape } from './step-values.ts';

/** The activities behind an onboarding. Values are proved before they are saved; secrets are read from the row only. */
export function onboardingActivities(dependencies: ActivityDependencies): OnboardingActivities {
  const { store, clock } = dependencies;
  return {
    openOnboarding: (request) => openOnboarding(dependencies, request),

    completePortalStep: (act) => completePortalStep(dependencies, act),

    completeConsent: async ({ connectionId, step: id, consentRequestId }) => {
      const { loaded, platform, step } = await locate(dependencies, connectionId, id, 'consent');
      const answer = await store.consentRequests.takeCode(consentRequestId);
      if (answer?.connectionId !== connectionId) return consentSpent(dependencies.publicUrl, connectionId);
      const result = await judged(platform, clock, () =>
        step.exchange(
          { credentials: loaded.credentials, code: answer.code, verifier: answer.verifier },
          { ...contextFor(dependencies, loaded.facts), redirectUri: answer.redirectUri },
        ),
      );
      const outcome = await saved(dependencies, platform, connectionId, result);
      if (outcome !== null) return outcome;
      const granted = { ...loaded.credentials, ...result.save?.credentials };
      await endOrphan(dependencies, platform, loaded.facts, granted);
      return disconnected(platform);
    },

    listOptions: async ({ connectionId, step: id }) => {
      const { loaded, step } = await locate(dependencies, connectionId, id, 'choice');
      return step.options(loaded.credentials, contextFor(dependencies, loaded.facts));
    },

    chooseOption: async ({ connectionId, step: id, option }) => {
      const { loaded, platform, step } = await locate(dependencies, connectionId, id, 'choice');
      const context = contextFor(dependencies, loaded.facts);
      const result = await judged(platform, clock, () => step.choose(option, loaded.credentials, context));
      return savedResult(dependencies, platform, connectionId, result);
    },

    runAutomaticStep: async ({ connectionId, step: id }) => {
      const { loaded, platform, step } = await locate(dependencies, connectionId, id, 'automatic');
      const context = contextFor(dependencies, loaded.facts);
      const result = await judged(platform, clock, () => step.run(loaded.credentials, context), 'retry');
      return savedResult(dependencies, platform, connectionId, result);
    },

    completeOnboarding: ({ connectionId }) => completeOnboarding(dependencies, connectionId),

    noteReview: (act) => noteReview(dependencies, act),

    abandonOnboarding: async ({ connectionId }) => {
      const facts = await store.connections.facts(connectionId);
      if (facts?.status === 'pending') await store.connections.abandon(connectionId);
    },
  };
}

async function completePortalStep(
  dependencies: ActivityDependencies,
  { connectionId, step: id, values }: Parameters<OnboardingActivities['completePortalStep']>[0],
): Promise<StepOutcome> {
  const { loaded, platform, step } = await locate(dependencies, connectionId, id, 'portal');
  const given = filledIn(values, loaded, step.fields);
  const refused = refuseShape(step.fields, values, given);
  if (refused !== null) return refused;
  const { verify } = step;
  const result: StepResult =
    verify === undefined
      ? { outcome: { outcome: 'done' } }
      : await judged(platform, dependencies.clock, () =>
          verify(given, loaded.credentials, contextFor(dependencies, loaded.facts)),
        );
  if (result.outcome.outcome !== 'done') return result.outcome;
  return savedResult(dependencies, platform, connectionId, {
    outcome: result.outcome,
    save: { ...result.save, credentials: { ...given, ...result.save?.credentials } },
  });
}

async function noteReview(dependencies: ActivityDependencies, act: ReviewAct): Promise<StepOutcome> {
  const { loaded, platform, step } = await locate(dependencies, act.connectionId, act.step, 'review');
  const noted = await noteReviewTask(dependencies, loaded, step, act);
  const { approved } = step;
  if (act.event !== 'approved' || approved === undefined) return noted;
  const context = contextFor(dependencies, loaded.facts);
  const result = await judged(platform, dependencies.clock, () => approved(loaded.credentials, context));
  return savedResult(dependencies, platform, act.connectionId, result);
}

type StepOfKind<K extends StepDefinition['kind']> = Extract<StepDefinition, { kind: K }>;

async function locate<K extends StepDefinition['kind']>(
  { store, platforms }: ActivityDependencies,
  connectionId: string,
  id: string,
  kind: K,
): Promise<{ loaded: StoredConnection; platform: Platform; step: StepOfKind<K> }> {
  const loaded = await store.connections.load(connectionId);
  if (loaded === null) throw new Error(`There is no connection ${connectionId}: was its onboarding abandoned?`);
  const platform = platformOf(platforms, loaded.facts.platform);
  return { loaded, platform, step: findStep(platform, kind, id) };
}

function filledIn(
  values: Readonly<Record<string, string>>,
  loaded: StoredConnection,
  fields: StepOfKind<'portal'>['fields'],
): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = values[field.name] ?? loaded.credentials[field.name] ?? field.default;
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
}

/**
 * Runs platform code and turns what it throws into a judgement: the person sees the cause and the step stays open.
 * `retry` leaves failures that pass by themselves to Temporal, where nobody waits for the answer.
 */
async function judged(
  platform: Platform,
  clock: Clock,
  act: () => Promise<StepResult>,
  passing: 'refuse' | 'retry' = 'refuse',
): Promise<StepResult> {
  try {
    return await act();
  } catch (error) {
    const failure = judge(platform, error, clock.now());
    if (passing === 'retry' && !isFinal(failure)) throw error;
    return { outcome: { outcome: 'refused', remedy: failure } };
  }
}

async function savedResult(
  dependencies: ActivityDependencies,
  platform: Platform,
  connectionId: string,
  result: StepResult,
): Promise<StepOutcome> {
  return (await saved(dependencies, platform, connectionId, result)) ?? disconnected(platform);
}

/** Null: the connection was disconnected meanwhile, and nothing holds the grant. */
async function saved(
  { store, clock }: ActivityDependencies,
  platform: Platform,
  connectionId: string,
  { outcome, save: grant }: StepResult,
): Promise<StepOutcome | null> {
  if (grant === undefined) return outcome;
  const obtainedAt = grant.expiresAt === undefined ? {} : { obtainedAt: clock.now().toISOString() };
  for (;;) {
    const facts: ConnectionFacts | null = await store.connections.facts(connectionId);
    if (facts === null || facts.status === 'revoked') return null;
    const written = await store.connections.saveGrant({
      connectionId,
      version: facts.version,
      grant,
      readable: platform.readableFields,
      ...obtainedAt,
    });
    // Null: somebody wrote in between (a sealed secret, a refresh). The grant is a merge, so it is simply repeated.
    if (written !== null) return outcome;
  }
}

function disconnected(platform: Platform): StepOutcome {
  const remedy = {
    cause: `This ${platform.name} connection was revoked meanwhile.`,
    remedy: 'Start a new onboarding.',
  };
  return { outcome: 'refused', remedy };
}

function consentSpent(publicUrl: string, connectionId: string): StepOutcome {
  return {
    outcome: 'refused',
    remedy: {
      cause: 'The authorization code of this consent was used already, or belongs to another connection.',
      remedy: 'Open the consent link again.',
      link: consentLink(publicUrl, connectionId),
    },
  };
}
