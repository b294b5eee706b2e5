import type { ConnectionFacts } from '../../model/connection.ts';
import type { OnboardingState } from '../../model/onboarding.ts';
import type { Step } from '../../model/portal-step.ts';
import type { Platform } from '../../platforms/platform.ts';
import { NoWorkflowError, TemporalUnreachableError } from '../sdk/orchestration.ts';
import type { StepJudgement } from '../sdk/orchestration.ts';
import type { ServerDependencies } from './dependencies.ts';
import { pageResponse, remedyPage } from './page.ts';
import type { Page } from './page.ts';
import { pollUntil } from '../onboarding/poll-until.ts';

export interface GivenConsent {
  readonly platform: Platform;
  readonly facts: ConnectionFacts;
  readonly step: string;
  /** The code waits in Postgres, sealed, under this id. */
  readonly consentRequestId: string;
}

const patienceMs = 15_000;

/** Tells the onboarding of the consent, waits for its judgement, and shows it. */
export async function judgeConsent(dependencies: ServerDependencies, consent: GivenConsent): Promise<Response> {
  const { platform, facts } = consent;
  const again = { href: new URL(`/consent/${facts.id}`, dependencies.settings.publicUrl).href, text: 'Consent again' };
  try {
    const judgement = await handIn(dependencies, consent);
    if (judgement.outcome === 'refused') {
      return await pageResponse(
        remedyPage(`${platform.name} is not connected yet`, judgement.refusal.remedy, again),
        422,
      );
    }
    const state = judgement.outcome === 'done' ? await whatIsNext(dependencies, judgement.state) : null;
    return await pageResponse(nextPage(platform, state, again), 200);
  } catch (error) {
    if (error instanceof NoWorkflowError) return pageResponse(onboardingEnded(platform), 409);
    if (error instanceof TemporalUnreachableError) {
      dependencies.log.warn({ connectionId: facts.id, err: error }, 'a consent could not be handed to its onboarding');
      return pageResponse(remedyPage('Not finished yet', unreachable, again), 503);
    }
    throw error;
  }
}

async function handIn({ orchestration }: ServerDependencies, consent: GivenConsent): Promise<StepJudgement> {
  const { facts, step, consentRequestId } = consent;
  const { id: connectionId, owner, platform, label } = facts;
  // A connection that exists may have no onboarding under way: the link of a NeedsConsentError leads here.
  if (facts.status !== 'pending') await orchestration.startOnboarding({ owner, platform, label, connectionId });
  return orchestration.completeStep({ owner, platform, label }, { step, consentRequestId }, patienceMs);
}

/** The steps that follow may need nobody; what a person is told is what comes after these. */
function whatIsNext({ orchestration }: ServerDependencies, state: OnboardingState): Promise<OnboardingState> {
  let seen = Promise.resolve(state);
  return pollUntil(
    async () => {
      const now = await seen;
      if (!isSettled(now)) seen = orchestration.onboardingState(now).catch(() => now);
      return seen;
    },
    isSettled,
    patienceMs,
  );
}

function isSettled({ status, waitingFor, refusal }: OnboardingState): boolean {
  const waitsForPerson = waitingFor !== null && isForPerson(waitingFor.step);
  const isChoosing = waitingFor?.step.kind === 'choice' && waitingFor.options === null;
  return status !== 'running' || refusal !== null || (waitsForPerson && !isChoosing);
}

function isForPerson({ kind }: Step): boolean {
  return kind !== 'automatic' && kind !== 'activate';
}

function nextPage(platform: Platform, state: OnboardingState | null, again: Page['link']): Page {
  const { name } = platform;
  if (state?.status === 'completed') {
    const paragraphs = ['The connection works and is kept alive from now on. You can close this page.'];
    return { title: `${name} is connected`, tone: 'good', paragraphs };
  }
  if (state?.refusal) return remedyPage(`${name} is not connected yet`, state.refusal.remedy, again);
  const because = state?.waitingFor?.because;
  if (because) return remedyPage(`${name} is not connected yet`, because, again);
  const step = state?.waitingFor?.step;
  if (step === undefined || !isForPerson(step)) {
    const paragraphs = [
      `Your consent has arrived; ${name} is still being asked.`,
      'See how it went: connector status.',
    ];
    return { title: 'Almost done', tone: 'waiting', paragraphs };
  }
  const paragraphs = [
    'Your consent has arrived.',
    `Next: ${step.title}.`,
    `Go on with: connector onboarding ${platform.id}`,
  ];
  return { title: `${name}: one step further`, tone: 'waiting', paragraphs };
}

const unreachable = {
  cause: 'Your consent has arrived, but the part that works with it does not answer at the moment.',
  remedy: 'Start it (connector up), then agree once more: a consent is good for one use only.',
};

function onboardingEnded(platform: Platform): Page {
  return remedyPage('This onboarding has ended', {
    cause: 'It was finished or given up before the consent arrived.',
    remedy: `Start it again: connector connect ${platform.id}.`,
  });
}
