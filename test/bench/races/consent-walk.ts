import { randomBytes, randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { StepOutcome } from '../../../model/portal-step.ts';
import { findStep } from '../../../platforms/find-step.ts';
import { createVerifier } from '../../../platforms/oauth.ts';
import { visitConsentPage } from '../../../platforms/simulated-person.ts';
import { redirectUri } from '../faults/consent.ts';
import type { RaceWorld } from './race-world.ts';

const tries = 12;
// A failed try is an ordinary part of a race.
const logger = new DefaultLogger('ERROR');

/** Runs an activity as a worker does: again when it throws, as often as makes sense in a race. */
export async function perform<Result>(act: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await new MockActivityEnvironment({ attempt }, { logger }).run<[], Result, () => Promise<Result>>(act);
    } catch (error) {
      if (attempt === tries) throw error;
    }
  }
}

/** A pending row with the app's credentials, as the portal steps leave it. */
export async function openPending({ course, store, simulators, owner }: RaceWorld, label: string): Promise<string> {
  const id = randomUUID();
  const { id: platform, readableFields: readable } = course.platform;
  const steps = simulators.platforms.get(platform)?.answers().steps ?? {};
  // Not the tokens that a console shows: this connection gets its own by consent.
  const app = Object.entries(steps).flatMap(([step, values]) =>
    step === 'access-token' ? [] : Object.entries(values),
  );
  await store.connections.open({ id, owner, platform, label, credentials: Object.fromEntries(app), readable });
  return id;
}

/**
 * A person agrees at the platform's page, and the rest of the onboarding runs, as its workflow would have it. Gives the
 * connection that is active then; null when the onboarding asks for something else than to go on.
 */
export async function consentTo(world: RaceWorld, connectionId: string, label: string): Promise<string | null> {
  const { activities, owner, course } = world;
  const request = { owner, platform: course.platform.id, label, connectionId, newConnectionId: connectionId };
  const opened = await perform(() => activities.openOnboarding(request));
  const from = opened.steps.findIndex(({ id }) => id === opened.startAt);
  for (const { kind, id } of opened.steps.slice(from)) {
    if (kind !== 'consent' && kind !== 'automatic') break;
    const outcome: StepOutcome | null =
      kind === 'consent'
        ? await agree(world, connectionId, id)
        : await perform(() => activities.runAutomaticStep({ connectionId, step: id }));
    if (outcome?.outcome !== 'done') return null;
  }
  const completed = await perform(() => activities.completeOnboarding({ connectionId }));
  return completed.outcome === 'connected' ? completed.facts.id : null;
}

async function agree(world: RaceWorld, connectionId: string, stepId: string): Promise<StepOutcome | null> {
  const { store, course, dependencies, activities } = world;
  const loaded = await store.connections.load(connectionId);
  if (loaded === null || loaded.facts.status === 'revoked') return null;
  const step = findStep(course.platform, 'consent', stepId);
  const [state, browser, verifier] = [secret(), secret(), createVerifier()];
  const consent = { connectionId, state, browser, verifier, redirectUri, lifetimeMs: 600_000 };
  const consentRequestId = await store.consentRequests.create(consent);
  const context = { ...dependencies, scopes: loaded.facts.scopes };
  const link = step.authorizationUrl({ credentials: loaded.credentials, state, verifier }, context);
  const code = await world.turns.take('the person agrees', () => codeFrom(link));
  const spent = await store.consentRequests.spend({ state, browser, code });
  if (spent === null) return null;
  return perform(() => activities.completeConsent({ connectionId, step: stepId, consentRequestId }));
}

async function codeFrom(link: URL): Promise<string> {
  const arrived = await visitConsentPage(link, {
    fetch: (url, init) =>
      url.href.startsWith(redirectUri) ? Promise.resolve(new Response('Thank you.')) : fetch(url, init),
  });
  const code = new URL(arrived.url).searchParams.get('code');
  if (code === null) throw new Error(`The simulated platform gave no code; its page says: ${arrived.text}`);
  return code;
}

function secret(): string {
  return randomBytes(16).toString('hex');
}
