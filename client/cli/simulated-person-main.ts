import { setTimeout as sleep } from 'node:timers/promises';
import type { OnboardingState } from '../../model/onboarding.ts';
import type { Platform } from '../../platforms/platform.ts';
import { createAnsweringWalker } from '../onboarding/answering-walker.ts';
import { walkOnboarding } from '../onboarding/walk-onboarding.ts';
import { agreeAsSimulatedPerson } from './connect-platform.ts';
import { simulatedAnswers } from './connect-simulated.ts';
import { withSession } from './session.ts';
import type { Session } from './session.ts';

/**
 * A process of the sandbox: the person who connected the simulated platforms comes back once a review was decided, and
 * does what is left, so that one signal shows a whole promotion. Onboardings of others are left alone.
 */
const lookEveryMs = 2_000;
const key = { owner: 'default', label: 'main' } as const;

async function main(): Promise<void> {
  const asked = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => asked.abort());
  await withSession(process.env, async (session) => {
    process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
    while (!asked.signal.aborted) {
      for (const platform of await session.platforms()) {
        await goOn(session, platform).catch((error: unknown) => {
          // Whatever it was, the next look tries again; the process must not die of a platform that is away.
          console.error(`${platform.id}: ${error instanceof Error ? error.message : String(error)}`);
        });
      }
      await sleep(lookEveryMs, undefined, { signal: asked.signal }).catch(() => undefined);
    }
  });
}

async function goOn(session: Session, { id: platform, steps }: Platform): Promise<void> {
  if (steps.every(({ kind }) => kind !== 'review')) return;
  const parts = await session.walkParts();
  const state = await parts.orchestration.onboardingState({ ...key, platform }).catch(() => null);
  const approved = approvedReviews(state);
  if (state === null || approved.length === 0 || !isForPerson(state)) return;
  for (const step of approved) await tellReviewers(session, platform, step);
  const walker = createAnsweringWalker(await simulatedAnswers(session, platform), { agree: agreeAsSimulatedPerson });
  await walkOnboarding(parts, { ...key, platform }, walker);
}

function approvedReviews(state: OnboardingState | null): string[] {
  if (state?.status !== 'running') return [];
  return state.steps.filter((step) => step.kind === 'review' && step.state === 'done').map((step) => step.id);
}

function isForPerson({ waitingFor }: OnboardingState): boolean {
  return waitingFor?.step.kind === 'portal' || waitingFor?.step.kind === 'consent';
}

/** Whoever signals an approval speaks for the platform: its simulator must have approved too. */
async function tellReviewers({ settings }: Session, platform: string, step: string): Promise<void> {
  await fetch(new URL(`/_simulator/reviews/${platform}`, settings.simulatorUrl ?? ''), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ step, decision: 'approved' }),
    signal: AbortSignal.timeout(10_000),
  });
}

await main();
