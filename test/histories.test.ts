import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Activities } from '../activities/index.ts';
import type { ProbeOutcome, RefreshOutcome } from '../model/keeper.ts';
import type { OnboardingState } from '../model/onboarding.ts';
import type { Step, StepOutcome } from '../model/portal-step.ts';
import { bundleWorkflows } from '../worker/create-workers.ts';
import type * as workflows from '../workflows/index.ts';
import * as messages from '../workflows/messages.ts';
import type { CompletedOnboarding, ReviewAct } from '../workflows/ports.ts';
import { momentsIn } from './histories/moments.ts';
import { isHistory, readHistory } from './histories/save-history.ts';

const folder = join(import.meta.dirname, 'histories');
let files: string[];
let lived: ReadonlyMap<string, ReadonlySet<string>>;

beforeAll(async () => {
  files = (await readdir(folder, { recursive: true })).filter(isHistory).toSorted();
  const all = new Map<string, Set<string>>();
  for (const file of files) {
    const { workflow, moments } = momentsIn(await readHistory(join(folder, file)));
    all.set(workflow, new Set([...(all.get(workflow) ?? []), ...moments]));
  }
  lived = all;
});

test('workflows that are under way go on under this code as under the code that started them', async () => {
  expect(files.length).toBeGreaterThan(0);
  const recorded = await Promise.all(
    files.map(async (file) => ({ workflowId: file, history: await readHistory(join(folder, file)) })),
  );
  const replayed: string[] = [];
  for await (const result of Worker.runReplayHistories({ workflowBundle: await bundleWorkflows() }, recorded)) {
    expect(result.error, result.workflowId).toBeUndefined();
    replayed.push(result.workflowId);
  }
  expect(replayed.toSorted()).toEqual(files);
}, 60_000);

test('recorded histories hold no secret', async () => {
  for (const file of files) {
    const text = gunzipSync(await readFile(join(folder, file))).toString('latin1');
    const leak = /ya29\.[\w-]{16,}|1\/\/[\w-]{16,}|4\/0A[\w-]{16,}|GOCSPX-[\w-]{12,}|(act|rft)\.[\w-]{16,}/;
    expect(leak.exec(text)?.[0], file).toBeUndefined();
  }
});

// Complete by their types: what is added to one of them and not here is refused by the compiler, and what is added
// here has to be recorded.
const everyWorkflow: Record<keyof typeof workflows, true> = {
  deliverNotice: true,
  keepConnection: true,
  onboardConnection: true,
  reconcile: true,
};
const everyActivity: Record<keyof Activities, keyof typeof workflows> = {
  abandonOnboarding: 'onboardConnection',
  chooseOption: 'onboardConnection',
  completeConsent: 'onboardConnection',
  completeOnboarding: 'onboardConnection',
  completePortalStep: 'onboardConnection',
  inspectConnection: 'keepConnection',
  listOptions: 'onboardConnection',
  noteReview: 'onboardConnection',
  openOnboarding: 'onboardConnection',
  postNotice: 'deliverNotice',
  probeConnection: 'keepConnection',
  reconcileConnections: 'reconcile',
  refreshConnection: 'keepConnection',
  remindPerson: 'keepConnection',
  revokeConnection: 'keepConnection',
  runAutomaticStep: 'onboardConnection',
  saveUnsaved: 'keepConnection',
};
const everyStep: Record<Exclude<Step['kind'], 'activate'>, true> = {
  ...{ portal: true, consent: true, choice: true, review: true, automatic: true },
};
const everyEnd: Record<Exclude<OnboardingState['status'], 'running'>, true> = { completed: true, abandoned: true };
const everyReviewEvent: Record<ReviewAct['event'], true> = {
  ...{ opened: true, submitted: true, approved: true, rejected: true, overdue: true },
};
const ofStep: Record<StepOutcome['outcome'], true> = { done: true, refused: true, again: true };
const ofCompletion: Record<CompletedOnboarding['outcome'], true> = { connected: true, refused: true, again: true };
const ofRefresh: Record<RefreshOutcome['outcome'], true> = {
  ...{ refreshed: true, not_due: true, held: true, unsaved: true, gone: true, failed: true },
};
const ofProbe: Record<ProbeOutcome['outcome'], true> = { alive: true, gone: true, failed: true };

const stepActivities = [
  'completePortalStep',
  'completeConsent',
  'chooseOption',
  'runAutomaticStep',
  'noteReview',
] as const;

function outcomes(activity: keyof Activities, all: object): string[] {
  return Object.keys(all).map((outcome) => `${activity} → ${outcome}`);
}

describe('there is a recorded history of', () => {
  test.each(Object.keys(everyWorkflow))('the workflow %s', (workflow) => {
    expect([...lived.keys()]).toContain(workflow);
  });

  test.each(Object.entries(everyActivity))('a workflow that asked for %s', (activity, workflow) => {
    expect(lived.get(workflow)).toContain(`activity ${activity}`);
  });

  test.each(
    Object.values(messages)
      .filter(({ type }) => type !== 'query')
      .map(({ type, name }) => `${type} ${name}`),
  )('a workflow that got the %s', (message) => {
    expect([...lived.values()].filter((moments) => moments.has(message))).not.toEqual([]);
  });

  test('an onboarding at every kind of step, in every phase of a review, and at each of its ends', () => {
    const expected = [
      ...Object.keys(everyStep).map((kind) => `came to a step: ${kind}`),
      ...Object.keys(everyReviewEvent).map((event) => `noteReview: ${event}`),
      ...Object.keys(everyEnd).map((status) => `ended: ${status}`),
      ...['continued as new', 'an update was refused', 'a timer fired'],
    ];
    expect([...(lived.get('onboardConnection') ?? [])]).toEqual(expect.arrayContaining(expected));
  });

  test('an onboarding after every outcome of a step and of the proof at its end', () => {
    const expected = [
      ...stepActivities.flatMap((name) => outcomes(name, ofStep)),
      ...outcomes('completeOnboarding', ofCompletion),
    ];
    expect([...(lived.get('onboardConnection') ?? [])]).toEqual(expect.arrayContaining(expected));
  });

  test('a keeper after every outcome of a refresh, a save and a probe, renewed and at its end', () => {
    const expected = [
      ...[...outcomes('refreshConnection', ofRefresh), ...outcomes('probeConnection', ofProbe)],
      ...['inspectConnection → nothing there', 'saveUnsaved → nothing there', 'remindPerson → nothing there'],
      ...['continued as new', 'a timer fired', 'ended'],
    ];
    expect([...(lived.get('keepConnection') ?? [])]).toEqual(expect.arrayContaining(expected));
  });

  test('a notice that was delivered and one that was not', () => {
    expect([...(lived.get('deliverNotice') ?? [])]).toEqual(expect.arrayContaining(['ended', 'failed']));
  });
});
