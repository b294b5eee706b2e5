import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { availableMigrations } from '../infra/apply-migrations.ts';
import { readSecrets, writeSecrets, type EnvironmentSecrets } from '../infra/environment/record.ts';
import { keeperId, onboardingId } from '../model/temporal-names.ts';
import { createDataConverter } from '../store/data-converter.ts';
import { parseKeyRing } from '../store/index.ts';
import { appReviewDecided, connectionState, refreshNow } from '../workflows/messages.ts';
import { dumpDatabase, type DatabaseDump } from './releases/dump-database.ts';
import { createPublicApi, type Onboarding, type PublicApi } from './releases/public-api.ts';
import { restoreRelease, type RestoredRelease } from './releases/restore-release.ts';
import { openStack, type RestoredStack } from './releases/restored-stack.ts';
import { eventually, startProgram, type RunningProgram } from './releases/running-program.ts';

// The environment of each recorded release lives through these tests, in order, as a deployment upgrades one: it works
// under its own worker and server, gets today's schema beneath them, and then today's worker and server.
const checkout = join(import.meta.dirname, '..');
const releases = readdirSync(join(import.meta.dirname, 'releases'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
let release: RestoredRelease;
let recorded: EnvironmentSecrets;
let stack: RestoredStack;
let running: RunningProgram;
let api: PublicApi;
let temporal: Client;
let ends: (() => Promise<void>)[];

const connectionSchema = z.object({ id: z.string(), owner: z.string(), platform: z.string(), status: z.string() });
type Row = z.infer<typeof connectionSchema>;

async function rows(): Promise<DatabaseDump['rows']> {
  return (await dumpDatabase(recorded.databaseUrls.migrator ?? '')).rows;
}

async function connections(): Promise<Row[]> {
  return z.array(connectionSchema).parse((await rows())['platform_connections']);
}

async function idOf(platform: string, owner: string): Promise<string> {
  return (await connections()).find((row) => row.platform === platform && row.owner === owner)?.id ?? '';
}

async function refresh(platform: string, owner: string): Promise<unknown> {
  const keeper = temporal.workflow.getHandle(keeperId(await idOf(platform, owner)));
  return keeper.executeUpdate(refreshNow, { args: [{}] });
}

const waiting: Record<'portal' | 'consent' | 'review', Onboarding['id']> = {
  portal: 'at-portal~youtube~main',
  consent: 'at-consent~youtube~main',
  review: 'at-review~tiktok~main',
};

async function waitingSteps(): Promise<unknown[]> {
  const all = await Promise.all(Object.values(waiting).map((id) => api.onboarding(id)));
  return all.map(({ status, connectionId, waitingFor }) => ({ status, connectionId, waitingFor }));
}

/** Its connections are kept, and onboardings have come half-way. */
async function bringToLife(): Promise<void> {
  await temporal.schedule.getHandle('reconcile').trigger();
  const live = (await connections()).filter(({ status }) => status === 'active' || status === 'needs_consent');
  for (const { id, status } of live) {
    const look = (): Promise<string> =>
      temporal.workflow
        .getHandle(keeperId(id))
        .query(connectionState)
        .then((state) => state.status, String);
    await eventually(look, (seen) => seen === status);
  }
  for (const id of Object.values(waiting)) {
    const [owner = '', platform = ''] = id.split('~');
    await api.startOnboarding(platform, owner);
  }
  await api.walk(waiting.portal, ({ id }) => id === 'client');
  await api.walk(waiting.consent, ({ kind }) => kind === 'consent');
  await api.walk(waiting.review);
}

let before: DatabaseDump['rows'];
let waitedFor: unknown[];

/** A migration may add columns and tables. */
function withoutNewColumns(after: DatabaseDump['rows']): DatabaseDump['rows'] {
  const known = Object.entries(before).map(([table, [first = {}]]) => {
    const kept = (after[table] ?? []).map((row) =>
      Object.fromEntries(Object.entries(row).filter(([column]) => column in first)),
    );
    return [table, kept] as const;
  });
  return sorted(Object.fromEntries(known));
}

function sorted(tables: DatabaseDump['rows']): DatabaseDump['rows'] {
  const order = (row: unknown): string => JSON.stringify(row);
  return Object.fromEntries(
    Object.entries(tables).map(([table, all]) => [
      table,
      all.toSorted((one, other) => order(one).localeCompare(order(other))),
    ]),
  );
}

/** The platform approves what was waited for since the earlier release. */
async function passReview(): Promise<void> {
  const [owner = '', platform = '', label = ''] = waiting.review.split('~');
  const review = temporal.workflow.getHandle(onboardingId({ owner, platform, label }));
  release.simulators.platforms.get(platform)?.decide?.('app-review', 'approved');
  await review.signal(appReviewDecided, { decision: 'approved' });
  await eventually(
    () => api.onboarding(waiting.review),
    ({ waitingFor }) => waitingFor?.step.kind === 'portal',
  );
  expect(await api.walk(waiting.review)).toMatchObject({ waitingFor: { step: { id: 'posting-audit' } } });
}

const taskSchema = z.object({ dedupe_key: z.string(), closed_at: z.string().nullable() });

async function expectNothingBroken(keptBefore: readonly Row[]): Promise<void> {
  const after = await rows();
  const ids = z.array(connectionSchema).parse(after['platform_connections']);
  expect(ids.map(({ id }) => id)).toEqual(expect.arrayContaining(keptBefore.map(({ id }) => id)));
  const open = z
    .array(taskSchema)
    .parse(after['human_tasks'])
    .filter((task) => task.closed_at === null);
  expect(open.length).toBe(new Set(open.map((task) => task.dedupe_key)).size);
  let seen = 0;
  for await (const { workflowId, runId } of temporal.workflow.list()) {
    const { events = [] } = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    const failures = (events ?? []).map((event) => event.workflowTaskFailedEventAttributes?.failure?.message);
    expect(
      failures.filter((message) => message !== undefined && message !== null),
      workflowId,
    ).toEqual([]);
    seen += 1;
  }
  expect(seen).toBeGreaterThan(9);
}

/** With what is in them, because a migration that was released is never edited. */
async function migrationsOf(folder: string): Promise<string[]> {
  const migrations = join(folder, 'infra/migrations');
  const names = await availableMigrations(migrations);
  return Promise.all(names.map((name) => readFile(join(migrations, `${name}.sql`), 'utf8')));
}

describe.each(releases)('upgrading %s', (version) => {
  beforeAll(async () => {
    ends = [];
    release = await restoreRelease(version);
    ends.push(() => release.remove());
    stack = await openStack(release);
    recorded = readSecrets(release.home);
    api = createPublicApi(release, recorded.apiKeys.find(({ name }) => name === 'local')?.key ?? '');
    const { address, namespace } = release.record.temporal;
    const dataConverter = createDataConverter(parseKeyRing(recorded.keyRing));
    temporal = new Client({ connection: await Connection.connect({ address }), namespace, dataConverter });
    ends.push(() => temporal.connection.close());
    running = await startProgram(release.program, release);
    ends.push(() => running.stop());
  }, 600_000);

  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  }, 120_000);

  test('an environment of the earlier release lives: connections are kept, onboardings wait half-way', async () => {
    await bringToLife();
    waitedFor = await waitingSteps();
    expect(waitedFor).toMatchObject([
      { status: 'running', waitingFor: { step: { kind: 'portal' } } },
      { status: 'running', waitingFor: { step: { kind: 'consent' } } },
      { status: 'running', waitingFor: { step: { kind: 'review' } } },
    ]);
    expect(await refresh('youtube', 'default')).toMatchObject({ outcome: 'refreshed' });
    before = await rows();
    expect(new Set((await connections()).map(({ status }) => status))).toEqual(
      new Set(['active', 'needs_consent', 'pending', 'revoked']),
    );
  }, 180_000);

  test('`pulumi up` from its state keeps every row, key and password, and replaces nothing that holds data', async () => {
    const [old, now] = await Promise.all([migrationsOf(release.program), migrationsOf(checkout)]);
    expect(now.slice(0, old.length)).toEqual(old);
    const plan = await stack.plannedForData();
    expect(plan.includes('update migrations')).toBe(now.length > old.length);
    expect(plan.filter((step) => !/^(same|update) /.test(step))).toEqual([]);

    const given = await stack.up();
    expect(given).toMatchObject({
      databaseUrls: recorded.databaseUrls,
      keyRing: recorded.keyRing,
      apiKeys: recorded.apiKeys,
    });
    writeSecrets(release.home, { ...recorded, ...given });
    expect(withoutNewColumns(await rows())).toEqual(sorted(before));
    expect((await stack.previewNoChanges()).stdout).toContain('unchanged');
  }, 180_000);

  test('the earlier release goes on working on the new schema, for as long as a deployment takes', async () => {
    expect(await refresh('youtube', 'default')).toMatchObject({ outcome: 'refreshed' });
    expect(await refresh('tiktok', 'default')).toMatchObject({ outcome: 'refreshed' });
    const { accessToken } = await api.token('youtube', 'default');
    expect(accessToken).not.toBe('');
    await api.startOnboarding('youtube', 'begun-late');
    const begun = await api.walk('begun-late~youtube~main');
    expect(begun).toMatchObject({ status: 'completed' });
  }, 120_000);

  test('today’s worker and server take over what runs, and everything goes on', async () => {
    const keptBefore = await connections();
    await running.stop();
    running = await startProgram(checkout, release);
    expect(await waitingSteps()).toEqual(waitedFor);

    for (const { id, status } of keptBefore.filter(
      (row) => row.status === 'active' || row.status === 'needs_consent',
    )) {
      expect(await temporal.workflow.getHandle(keeperId(id)).query(connectionState)).toMatchObject({ status });
    }
    const youtube = temporal.workflow.getHandle(keeperId(await idOf('youtube', 'default')));
    for (const [platform, owner] of [
      ['youtube', 'default'],
      ['tiktok', 'default'],
      ['twitter', 'granted'],
      ['youtube', 'begun-late'],
    ] as const) {
      expect(await refresh(platform, owner), `${platform} of ${owner}`).toMatchObject({ outcome: 'refreshed' });
    }
    expect(await youtube.query(connectionState)).toMatchObject({ refreshes: 3 });
    for (const platform of ['youtube', 'twitter', 'facebook']) {
      expect((await api.token(platform, 'default')).accessToken).not.toBe('');
    }
    expect(await api.walk(waiting.portal)).toMatchObject({ status: 'completed' });
    expect(await api.walk(waiting.consent)).toMatchObject({ status: 'completed' });
    await passReview();
    await expectNothingBroken(keptBefore);
  }, 180_000);

  test('a program that forgets the database or the keys is refused before anything is dropped', async () => {
    const kept = await rows();
    const up = await stack.upOfForgetfulProgram();
    expect(up.exitCode).not.toBe(0);
    expect(up.stdout + up.stderr).toMatch(/cannot be deleted\s+because it is protected/);
    expect(await stack.protectedResources()).toEqual(['database', 'key-k1', 'schema']);
    expect(sorted(await rows())).toEqual(sorted(kept));
  }, 120_000);
});
