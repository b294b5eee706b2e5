import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { keeperId, onboardingId } from '../../model/temporal-names.ts';
import { appReviewDecided, pause, portalStepDone, refreshNow, resume, revoke } from '../../workflows/messages.ts';
import setUp from '../global-setup.ts';
import { startService } from '../service.ts';
import type { Service } from '../service.ts';
import { settled, walkPortal } from '../workflows/walk.ts';

/**
 * Records what workflows really did, phase by phase, for `test/histories.test.ts` to replay: `npm run
 * histories`. Run it when a workflow has learnt something new, and keep the old files: they are the
 * workflows that are running somewhere.
 */
const stop = await setUp();
// Not encrypted: recordings hold no key, and need none to be replayed.
const service = await startService('real', undefined, { encrypted: false });
try {
  await walkYoutube();
  await walkTiktok();
} finally {
  await service.close();
  await stop();
}

async function walkYoutube(): Promise<void> {
  const key = { owner: 'recorded', platform: 'youtube', label: 'main' };
  await service.orchestration.startOnboarding(key);
  const onboarding = handle(onboardingId(key));
  await onboarding.signal(portalStepDone, { step: 'consent' });
  const atConsent = await walkPortal(service, key);
  await save(onboarding, 'onboarding-waits-for-consent');
  await service.consent(linkOf(atConsent), { scopes: ['youtube.readonly'] });
  await service.consent(linkOf(await settled(service, key)));
  const { connectionId } = await settled(service, key);
  await save(onboarding, 'onboarding-completed-after-a-missing-scope');

  const keeper = handle(keeperId(connectionId ?? ''));
  await keeper.executeUpdate(refreshNow, { args: [{}] });
  await keeper.signal(pause);
  await keeper.signal(resume);
  await save(keeper, 'keeper-refreshed-paused-resumed');
  const before = await service.store.connections.load(connectionId ?? '');
  const body = new URLSearchParams({ token: before?.credentials['refresh_token'] ?? '' });
  await service.network.fetch('https://oauth2.googleapis.com/revoke', { method: 'POST', body });
  await keeper.executeUpdate(refreshNow, { args: [{}] });
  await save(keeper, 'keeper-needs-consent');
  await service.consent(`http://localhost:8422/consent/${connectionId ?? ''}`);
  await keeper.signal(revoke);
  await keeper.result();
  await save(keeper, 'keeper-reconnected-and-revoked');
}

async function walkTiktok(): Promise<void> {
  const key = { owner: 'recorded', platform: 'tiktok', label: 'main' };
  await service.orchestration.startOnboarding(key);
  const onboarding = handle(onboardingId(key));
  await service.consent(linkOf(await walkPortal(service, key)));
  const atReview = await settled(service, key);
  const step = atReview.waitingFor?.step.id ?? '';
  await save(onboarding, 'onboarding-interim-with-review-open');
  await onboarding.signal(portalStepDone, { step });
  await onboarding.signal(appReviewDecided, { decision: 'rejected', reason: 'The demo video shows no upload.' });
  await onboarding.signal(portalStepDone, { step });
  await service.orchestration.onboardingState(key);
  await save(onboarding, 'onboarding-review-submitted-again');
}

function handle(workflowId: string): WorkflowHandle {
  return service.temporal.client.workflow.getHandle(workflowId);
}

function linkOf(state: Awaited<ReturnType<Service['orchestration']['onboardingState']>>): string {
  const link = state.waitingFor?.consentLink;
  if (link === null || link === undefined)
    throw new Error(`It waits for ${state.waitingFor?.step.id ?? 'nothing'}, not for consent.`);
  return link;
}

async function save(workflow: WorkflowHandle, name: string): Promise<void> {
  const history = await workflow.fetchHistory();
  const file = join(import.meta.dirname, `${name}.history`);
  await writeFile(file, proto.temporal.api.history.v1.History.encode(history).finish());
  console.log(`${file}: ${String(history.events?.length ?? 0)} events`);
}
