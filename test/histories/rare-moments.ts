import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { OnboardingState, StepDone } from '../../model/onboarding.ts';
import type { Step, StepOutcome } from '../../model/portal-step.ts';
import type { UnsavedGrant } from '../../model/keeper.ts';
import { keeperId, onboardingId, platformQueue, workflowQueue } from '../../model/temporal-names.ts';
import { bundleWorkflows } from '../../worker/create-workers.ts';
import { appReviewDecided, completeStep, onboardingState, reconnected, revoke } from '../../workflows/messages.ts';
import { startTimeSkippingServer } from '../temporal.ts';
import type { SaveHistory } from './save-history.ts';
import { failure, inspection, type Script, scriptedActivities } from './scripted-activities.ts';

const hourMs = 3_600_000;
const words = { title: 'Do it', instructions: ['Do it.'] };
const steps: readonly Step[] = [
  { kind: 'portal', id: 'app', link: 'https://portal.example/', fields: [], ...words },
  { kind: 'consent', id: 'consent', ...words },
  { kind: 'choice', id: 'page', ...words },
  { kind: 'automatic', id: 'account', ...words },
  { kind: 'activate', id: 'activate', ...words },
  { kind: 'review', id: 'review', link: 'https://portal.example/', pack: [], remindAfterDays: 7, ...words },
];

interface Stage {
  readonly server: TestWorkflowEnvironment;
  readonly scripts: Map<string, Script>;
  readonly save: (workflowId: string, name: string) => Promise<void>;
}

/** What takes weeks or bad luck, with activities that answer by a script and a server that skips time. */
export async function recordRareMoments(save: SaveHistory): Promise<void> {
  const scripts = new Map<string, Script>();
  const [server, workflowBundle] = await Promise.all([startTimeSkippingServer(), bundleWorkflows()]);
  const { nativeConnection: connection } = server;
  const shared = { connection, workflowBundle, activities: scriptedActivities(scripts, { steps }) };
  const queues = [workflowQueue, platformQueue('youtube')];
  const workers = await Promise.all(queues.map((taskQueue) => Worker.create({ ...shared, taskQueue })));
  const running = Promise.all(workers.map((worker) => worker.run()));
  const stage: Stage = { server, scripts, save: (id, name) => save(server.client, id, name) };
  try {
    await everyOutcomeOfARefresh(stage);
    await probesAndReminders(stage);
    await earlyEnds(stage);
    await everyOutcomeOfAStep(stage);
    await notices(stage);
  } finally {
    for (const worker of workers) worker.shutdown();
    await running;
    await server.teardown();
  }
}

async function keep({ server, scripts, save }: Stage, name: string, script: Script, hours: number): Promise<string> {
  scripts.set(name, script);
  await server.client.workflow.start('keepConnection', {
    ...{ workflowId: keeperId(name), taskQueue: workflowQueue },
    args: [{ connectionId: name, platform: 'youtube', owner: 'recorded' }],
  });
  await server.sleep(hours * hourMs);
  await save(keeperId(name), name);
  return keeperId(name);
}

async function everyOutcomeOfARefresh(stage: Stage): Promise<void> {
  const due = (now: Date): ReturnType<typeof inspection> => inspection({ refresh: 1 }, now);
  const inAMinute = (now: Date): string => new Date(now.getTime() + 60_000).toISOString();
  const script: Script = {
    inspectConnection: [due, due],
    refreshConnection: [
      (now) => ({ outcome: 'refreshed', ...due(now) }),
      (now) => ({ outcome: 'not_due', ...due(now) }),
      (now) => ({ outcome: 'held', until: inAMinute(now) }),
      (now) => ({ outcome: 'failed', failure: failure('transient'), ...due(now) }),
      (now) => ({ outcome: 'failed', failure: failure('rate_limited', inAMinute(now)), ...due(now) }),
      (now) => ({ outcome: 'unsaved', unsaved: unsaved('keeper-every-outcome-of-a-refresh', now) }),
      (now) => ({ outcome: 'failed', failure: failure('app_rejected'), ...inspection({}, now) }),
      () => ({ outcome: 'gone' }),
    ],
    saveUnsaved: [due],
  };
  const id = await keep(stage, 'keeper-every-outcome-of-a-refresh', script, 48);
  await stage.server.client.workflow.getHandle(id).signal(reconnected);
  await stage.server.sleep(2 * hourMs);
  await stage.save(id, 'keeper-every-outcome-of-a-refresh');
}

async function probesAndReminders(stage: Stage): Promise<void> {
  const name = 'keeper-probes-and-reminders';
  const script: Script = {
    inspectConnection: [(now) => inspection({ probe: 1, remind: 5 }, now)],
    probeConnection: [
      (now) => ({ outcome: 'alive', ...inspection({ probe: 1, remind: 4 }, now) }),
      (now) => ({ outcome: 'failed', failure: failure('transient'), ...inspection({ probe: 1, remind: 4 }, now) }),
      (now) => ({ outcome: 'alive', ...inspection({ remind: 3 }, now) }),
      () => ({ outcome: 'gone' }),
    ],
    remindPerson: [(now) => inspection({ probe: 4, expires: 3 }, now)],
    // An idle connection whose access token has ended is proved by a refresh instead of a probe.
    refreshConnection: [(now) => ({ outcome: 'refreshed', ...inspection({ probe: 1 }, now) })],
  };
  await keep(stage, name, script, 24);
}

async function earlyEnds(stage: Stage): Promise<void> {
  await keep(stage, 'keeper-of-a-row-that-is-gone', { inspectConnection: [() => null] }, 1);
  const reminded: Script = { inspectConnection: [(now) => inspection({ remind: 1 }, now)], remindPerson: [() => null] };
  await keep(stage, 'keeper-finds-the-row-gone-as-it-reminds', reminded, 2);
  const name = 'keeper-finds-the-row-gone-as-it-saves';
  const saved: Script = {
    inspectConnection: [(now) => inspection({ refresh: 1 }, now)],
    refreshConnection: [(now) => ({ outcome: 'unsaved', unsaved: unsaved(name, now) })],
    saveUnsaved: [() => null],
  };
  await keep(stage, name, saved, 2);
  const lost: Script = {
    inspectConnection: [(now) => inspection({ refresh: 1 }, now)],
    refreshConnection: [(now) => ({ outcome: 'failed', failure: failure('lost_rotation'), ...inspection({}, now) })],
  };
  const id = await keep(stage, 'keeper-after-a-lost-rotation', lost, 2);
  await stage.server.client.workflow.getHandle(id).signal(revoke);
  await stage.server.client.workflow.getHandle(id).result();
  await stage.save(id, 'keeper-revoked-after-a-lost-rotation');
}

const remedy = { cause: 'It was scripted.', remedy: 'Read on.' };
const refused = (): Extract<StepOutcome, { outcome: 'refused' }> => ({ outcome: 'refused', remedy });
const again = (): Extract<StepOutcome, { outcome: 'again' }> => ({ outcome: 'again', step: 'consent', remedy });
const done = (): StepOutcome => ({ outcome: 'done' });

async function everyOutcomeOfAStep({ server, scripts, save }: Stage): Promise<void> {
  const key = { owner: 'every-outcome-of-a-step', platform: 'youtube', label: 'main' };
  scripts.set(key.owner, {
    completePortalStep: [refused, again],
    completeConsent: [refused, again],
    chooseOption: [refused, again],
    runAutomaticStep: [refused, again],
    noteReview: [refused, again, done],
    completeOnboarding: [again, refused],
  });
  const workflowId = onboardingId(key);
  const onboarding = await server.client.workflow.start('onboardConnection', {
    ...{ workflowId, taskQueue: workflowQueue, args: [key] },
  });
  let isOverdue = false;
  for (;;) {
    const state = await onboarding.query(onboardingState);
    if (state.status !== 'running') break;
    const { step, review } = state.waitingFor ?? {};
    if (step?.kind === 'review' && review?.phase === 'submitted') {
      if (!isOverdue) {
        isOverdue = true;
        await server.sleep(8 * 24 * hourMs);
        await save(workflowId, 'onboarding-review-overdue');
      }
      await onboarding.signal(appReviewDecided, { decision: 'approved' });
      await server.sleep(1_000);
    } else if (step !== undefined) {
      // Refused on purpose, many times.
      await onboarding.executeUpdate(completeStep, { args: [actOn(state, step)] }).catch(() => undefined);
    }
  }
  await save(workflowId, 'onboarding-every-outcome-of-a-step');
}

function actOn({ refusal }: OnboardingState, step: Step): StepDone {
  if (step.kind === 'consent') return { step: step.id, consentRequestId: '0d9c4d2e-1f5e-4e6b-9d7b-8f1d5a4b3c2a' };
  if (step.kind === 'choice') return { step: step.id, ...(refusal?.step === step.id ? { option: 'one' } : {}) };
  return { step: step.id };
}

async function notices({ server, scripts, save }: Stage): Promise<void> {
  const notice = {
    ...{ type: 'task.opened', at: '2026-11-23T00:00:00.000Z', owner: 'recorded', platform: 'youtube' },
    ...{ connectionId: null, detail: {} },
  };
  const away = (): never => {
    throw new Error('The webhook answered 503.');
  };
  for (const [id, failures] of [
    ['notice-delivered', 2],
    ['notice-failed', 10_000],
  ] as const) {
    scripts.set(id, { postNotice: Array.from({ length: failures }, () => away) });
    const workflowId = `notice/${id}`;
    const options = { workflowId, taskQueue: workflowQueue, args: [{ id, ...notice }] };
    await server.client.workflow.execute('deliverNotice', options).catch(() => undefined);
    await save(workflowId, id);
  }
}

function unsaved(connectionId: string, now: Date): UnsavedGrant {
  return {
    ...{ connectionId, version: 1, attemptId: '1', obtainedAt: now.toISOString() },
    credentials: { access_token: 'sealed:v1:k1:AAAA' },
    ...{ scopes: null, expiresAt: null, refreshExpiresAt: null, consentExpiresAt: null },
  };
}
