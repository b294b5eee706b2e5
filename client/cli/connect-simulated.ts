import { z } from 'zod';
import type { Progress } from '../../infra/engines/progress.ts';
import type { Platform } from '../../platforms/platform.ts';
import { createAnsweringWalker } from '../onboarding/answering-walker.ts';
import { parseAnswers, type Answers } from '../onboarding/answers.ts';
import { walkOnboarding } from '../onboarding/walk-onboarding.ts';
import { agreeAsSimulatedPerson, connectionOf } from './connect-platform.ts';
import { toFailure } from './failure.ts';
import type { Session } from './session.ts';

const owner = 'default';

/**
 * Connects a platform through its simulator, with the messages that a person's client would send; does nothing when it is
 * connected already. A failure is told, not thrown: the table shows the rest.
 */
export async function connectSimulated(session: Session, platform: Platform, progress: Progress): Promise<void> {
  const { connections } = session.store;
  const statuses = ['active', 'needs_consent'] as const;
  // Revoked or waiting for consent: somebody wanted it so, or tries it out.
  const all = await connections.list({ owner, platforms: [platform.id] });
  if (all.some(({ status }) => status === 'revoked' || statuses.some((one) => one === status))) return;
  try {
    const answers = await simulatedAnswers(session, platform.id);
    const parts = await session.walkParts();
    const key = { owner, platform: platform.id, label: 'main' };
    await parts.orchestration.startOnboarding(key);
    const walker = createAnsweringWalker(answers, { agree: agreeAsSimulatedPerson });
    const end = await walkOnboarding(parts, key, walker);
    // In its interim mode it works while the review goes on.
    const facts = end.state.connectionId === null ? null : await connections.facts(end.state.connectionId);
    if (facts?.status !== 'active') connectionOf(key, end);
  } catch (error) {
    const { what, remedy } = toFailure(error);
    progress.note(`${platform.name} could not be connected: ${what}${remedy === '' ? '' : `\n→ ${remedy}`}`);
  }
}

/** What a person would bring back from the simulated portal. */
export async function simulatedAnswers({ settings }: Session, platform: string): Promise<Answers> {
  const url = new URL(`/_simulator/answers/${platform}`, settings.simulatorUrl ?? '');
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (response.ok) return parseAnswers(await response.text(), url.href);
  const { error } = z
    .object({ error: z.string() })
    .catch({ error: '' })
    .parse(await response.json());
  throw new Error(`The simulators answered ${String(response.status)}: ${error}`);
}
