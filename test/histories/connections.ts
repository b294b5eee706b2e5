import type { WorkflowHandle } from '@temporalio/client';
import { giveStep } from '../../client/onboarding/give-step.ts';
import { keeperId, onboardingId, workflowQueue } from '../../model/temporal-names.ts';
import {
  abandon,
  appReviewDecided,
  pause,
  portalStepDone,
  refreshNow,
  resume,
  revoke,
  startAnew,
} from '../../workflows/messages.ts';
import type { Service } from '../service.ts';
import { answersOf, approveReview, settled, walkPortal, walkToEnd } from '../workflows/walk.ts';
import type { SaveHistory } from './save-history.ts';

interface Scene {
  readonly service: Service;
  readonly save: (workflowId: string, name: string, run?: 'newest' | 'first') => Promise<void>;
  readonly handle: (workflowId: string) => WorkflowHandle;
}

/** Connections at the simulated platforms, from their first step to their end. */
export async function recordConnections(service: Service, save: SaveHistory): Promise<void> {
  const { client } = service.temporal;
  const scene: Scene = {
    service,
    save: (workflowId, name, run) => save(client, workflowId, name, run),
    handle: (workflowId) => client.workflow.getHandle(workflowId),
  };
  const connectionId = await connectYoutube(scene);
  await keepYoutube(scene, connectionId);
  await beginAnew(scene);
  await giveUp(scene);
  await choosePage(scene);
  await reviewTiktok(scene);
  await client.workflow.execute('reconcile', { workflowId: 'reconcile', taskQueue: workflowQueue, args: [] });
  await scene.save('reconcile', 'reconcile');
}

async function connectYoutube({ service, save, handle }: Scene): Promise<string> {
  const key = { owner: 'recorded', platform: 'youtube', label: 'main' };
  const id = onboardingId(key);
  await service.orchestration.startOnboarding(key);
  await handle(id).signal(portalStepDone, { step: 'consent' });
  await walkPortal(service, key, { until: 'client' });
  const wrong = { ...answersOf(service, 'youtube').steps['client'], client_secret: `GOCSPX-${'wrong'.repeat(5)}` };
  const parts = { ...service, platforms: [...service.platforms.values()] };
  await giveStep(parts, key, { step: 'client', values: wrong });
  await save(id, 'onboarding-waits-for-a-portal-step-after-a-refusal');
  const atConsent = await walkPortal(service, key);
  await save(id, 'onboarding-waits-for-consent');
  await service.consent(linkOf(atConsent), { scopes: ['youtube.readonly'] });
  await service.consent(linkOf(await settled(service, key)));
  const { connectionId } = await settled(service, key);
  await save(id, 'onboarding-completed-after-a-missing-scope');
  return connectionId ?? '';
}

async function keepYoutube({ service, save, handle }: Scene, connectionId: string): Promise<void> {
  const id = keeperId(connectionId);
  await handle(id).executeUpdate(refreshNow, { args: [{}] });
  await handle(id).signal(pause);
  await save(id, 'keeper-paused');
  await handle(id).signal(resume);
  await save(id, 'keeper-refreshed-paused-resumed');
  await handle(id).signal(pause);
  await handle(id).signal(startAnew);
  await renewed(handle(id));
  await save(id, 'keeper-continued-as-new', 'first');
  await handle(id).signal(resume);
  const before = await service.store.connections.load(connectionId);
  const body = new URLSearchParams({ token: before?.credentials['refresh_token'] ?? '' });
  await service.network.fetch('https://oauth2.googleapis.com/revoke', { method: 'POST', body });
  await handle(id).executeUpdate(refreshNow, { args: [{}] });
  await save(id, 'keeper-needs-consent');
  await service.consent(`http://localhost:8422/consent/${connectionId}`);
  await handle(id).signal(revoke);
  await handle(id).result();
  await save(id, 'keeper-reconnected-and-revoked');
}

/** Its first history ends at a consent step; the second is finished. */
async function beginAnew({ service, save, handle }: Scene): Promise<void> {
  const key = { owner: 'begun-anew', platform: 'youtube', label: 'main' };
  const id = onboardingId(key);
  await service.orchestration.startOnboarding(key);
  const atConsent = await walkPortal(service, key);
  await handle(id).signal(startAnew);
  await renewed(handle(id));
  await save(id, 'onboarding-continued-as-new', 'first');
  await settled(service, key);
  await save(id, 'onboarding-after-continuing-as-new');
  await service.consent(linkOf(atConsent));
  await settled(service, key);
  await save(id, 'onboarding-completed-after-continuing-as-new');
}

async function giveUp({ service, save, handle }: Scene): Promise<void> {
  const key = { owner: 'given-up', platform: 'youtube', label: 'main' };
  await service.orchestration.startOnboarding(key);
  await settled(service, key);
  await handle(onboardingId(key)).signal(abandon);
  await handle(onboardingId(key)).result();
  await save(onboardingId(key), 'onboarding-abandoned');
}

async function choosePage({ service, save }: Scene): Promise<void> {
  service.simulators.platforms.get('facebook')?.setAccounts({ pageCount: 3 });
  const key = { owner: 'recorded', platform: 'facebook', label: 'main' };
  await service.orchestration.startOnboarding(key);
  const atChoice = await walkToEnd(service, key, { until: ({ kind }) => kind === 'choice' });
  await save(onboardingId(key), 'onboarding-waits-for-a-choice');
  const parts = { ...service, platforms: [...service.platforms.values()] };
  const step = atChoice.waitingFor?.step.id ?? '';
  await giveStep(parts, key, { step, option: 'none-of-these' });
  await giveStep(parts, key, { step, option: atChoice.waitingFor?.options?.[0]?.id ?? '' });
  await settled(service, key);
  await save(onboardingId(key), 'onboarding-completed-after-a-choice');
}

async function reviewTiktok({ service, save, handle }: Scene): Promise<void> {
  const key = { owner: 'recorded', platform: 'tiktok', label: 'main' };
  const id = onboardingId(key);
  await service.orchestration.startOnboarding(key);
  await service.consent(linkOf(await walkPortal(service, key)));
  const { waitingFor, connectionId } = await settled(service, key);
  const step = waitingFor?.step.id ?? '';
  await save(id, 'onboarding-interim-with-review-open');
  await handle(id).signal(portalStepDone, { step });
  await handle(id).signal(appReviewDecided, { decision: 'rejected', reason: 'The demo video shows no upload.' });
  await service.orchestration.onboardingState(key);
  await save(id, 'onboarding-review-rejected');
  await handle(id).signal(portalStepDone, { step });
  await service.orchestration.onboardingState(key);
  await save(id, 'onboarding-review-submitted-again');
  const consented = await service.consent(`http://localhost:8422/consent/${connectionId ?? ''}`);
  if (consented.status !== 200) throw new Error(consented.text);
  await service.orchestration.onboardingState(key);
  await save(id, 'onboarding-consent-renewed-while-in-review');
  await approveReview(service, key);
  await walkToEnd(service, key);
  await save(id, 'onboarding-promoted-with-second-review-open');
}

/** Waits until a workflow has begun its second history. */
async function renewed(workflow: WorkflowHandle): Promise<void> {
  for (;;) {
    const { runId, raw } = await workflow.describe();
    if (runId !== raw.workflowExecutionInfo?.firstRunId) return;
  }
}

function linkOf(state: Awaited<ReturnType<typeof settled>>): string {
  const link = state.waitingFor?.consentLink;
  if (link === null || link === undefined)
    throw new Error(`It waits for ${state.waitingFor?.step.id ?? 'nothing'}, not for consent.`);
  return link;
}
