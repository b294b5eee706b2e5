import { createAnsweringWalker } from '../../../client/onboarding/answering-walker.ts';
import { walkOnboarding } from '../../../client/onboarding/walk-onboarding.ts';
import type { WalkEnd, WalkParts } from '../../../client/onboarding/walk-onboarding.ts';
import type { ConnectionFacts } from '../../../model/connection.ts';
import { onboardingId } from '../../../model/temporal-names.ts';
import { appReviewDecided } from '../../../workflows/messages.ts';
import type { Service } from '../../service.ts';
import { answersOf } from '../../workflows/walk.ts';
import type { Member } from './worlds.ts';

/** A person connects it through the simulated platform, reviews and all. */
export async function connect(service: Service, member: Member): Promise<ConnectionFacts> {
  const { platform, profile, inUse, settings = {} } = member;
  service.simulators.platforms.get(platform)?.setAccounts(settings);
  const answers = { choices: {}, reviews: {}, ...answersOf(service, platform) };
  const key = { owner: `${profile}, ${inUse ? 'in use' : 'idle'}`, platform, label: 'main' };
  await service.orchestration.startOnboarding(key);
  const walker = createAnsweringWalker(answers, { agree: (link) => agree(service, platform, link) });
  const end = await walkOnboarding(partsOf(service), key, walker);
  const facts = await service.store.connections.facts(end.state.connectionId ?? '');
  if (end.end !== 'completed' || facts === null) throw new Error(`${platform}, ${profile}: ${howItEnded(end)}`);
  return facts;
}

/** The person agrees on the platform's page, and ends at our callback's. */
export async function agree(service: Service, platform: string, link: string): Promise<void> {
  const page = await service.consent(link, answersOf(service, platform).consent);
  if (page.status !== 200) throw new Error(`The consent for ${platform} ended with ${page.status}: ${page.text}`);
}

function partsOf({ store, platforms, orchestration, temporal }: Service): WalkParts {
  return {
    ...{ store, platforms: [...platforms.values()], orchestration },
    decideReview: (key, decision) =>
      temporal.client.workflow.getHandle(onboardingId(key)).signal(appReviewDecided, decision),
  };
}

function howItEnded(end: WalkEnd): string {
  return end.end === 'stopped' ? `${end.why.cause} ${end.why.remedy}` : `The onboarding was ${end.end}.`;
}
