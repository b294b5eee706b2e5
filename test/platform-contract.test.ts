import { readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveStep } from '../client/onboarding/give-step.ts';
import { failureKinds, PlatformFailure } from '../model/failure.ts';
import type { OnboardingState } from '../model/onboarding.ts';
import { keeperId } from '../model/temporal-names.ts';
import { describePlatform } from '../platforms/describe-platform.ts';
import type { Platform } from '../platforms/platform.ts';
import { refreshNow, revoke } from '../workflows/messages.ts';
import { startService } from './service.ts';
import type { Service } from './service.ts';
import { answersOf, settled, walkToEnd } from './workflows/walk.ts';

// The promises that every folder under platforms/ keeps; it runs over each of them, also over one added tomorrow.
const folders = readdirSync(join(import.meta.dirname, '../platforms'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(entry.parentPath, entry.name, 'index.ts')))
  .map((entry) => entry.name);

let service: Service;

beforeAll(async () => {
  service = await startService('real');
}, 120_000);

afterAll(() => service.close());

function platformOf(id: string): Platform {
  const platform = service.platforms.get(id);
  if (platform === undefined) throw new Error(`platforms/${id} did not load.`);
  return platform;
}

/** A connection of an owner of its own. */
async function connect(platform: string, owner: string): Promise<{ connectionId: string; state: OnboardingState }> {
  const key = { owner, platform, label: 'main' };
  await service.orchestration.startOnboarding(key);
  const state = await walkToEnd(service, key);
  return { connectionId: state.connectionId ?? '', state };
}

describe.each(folders)('%s', (id) => {
  test('is data that a workflow can carry', () => {
    const described = describePlatform(platformOf(id), 'http://localhost:8422/callback');
    expect(JSON.parse(JSON.stringify(described))).toEqual(described);
    const ids = described.steps.map((step) => step.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(JSON.stringify(described)).not.toContain('{redirectUri}');
  });

  test('tells a person at every portal step where to go and what to do', () => {
    for (const step of platformOf(id).steps) {
      expect(step.title.length, step.id).toBeGreaterThan(0);
      if (step.kind === 'portal') {
        expect(step.link, step.id).toMatch(/^https:\/\//);
        expect(step.instructions.length, step.id).toBeGreaterThan(0);
        for (const { pattern = '' } of step.fields) expect(() => new RegExp(pattern, 'u')).not.toThrow();
      }
    }
  });

  test('never lets a secret field stand readable in the database', () => {
    const { readableFields, steps } = platformOf(id);
    const secret = steps.flatMap((step) => (step.kind === 'portal' ? step.fields : [])).filter((field) => field.secret);
    expect(secret.map(({ name }) => name).filter((name) => readableFields.includes(name))).toEqual([]);
    expect(readableFields.filter((name) => /secret|token$|password/.test(name))).toEqual([]);
  });

  test('can do no more with scopes that it does not know, also when every object has their names', () => {
    const { capabilities } = platformOf(id);
    expect(capabilities(['constructor', '__proto__', 'toString'], {})).toEqual(capabilities([], {}));
  });

  test('judges every error as one of the five kinds, and repeats none of its text', () => {
    const { diagnose } = platformOf(id);
    fc.assert(
      fc.property(fc.anything(), fc.string({ minLength: 12 }), (thrown, secret) => {
        for (const error of [thrown, new Error(secret), Object.assign(new Error('x'), { response: thrown })]) {
          const failure = diagnose(error, new Date());
          expect(failureKinds).toContain(failure.kind);
          expect(failure.cause.length).toBeGreaterThan(0);
          expect(failure.remedy.length).toBeGreaterThan(0);
          expect(JSON.stringify(failure).includes(JSON.stringify(secret).slice(1, -1))).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('connects through its simulator with what a person would bring back', async () => {
    const { connectionId } = await connect(id, `contract-${id}`);
    const loaded = await service.store.connections.load(connectionId);
    expect(loaded?.facts.status).toBe('active');
    expect(loaded?.facts.accountId).not.toBeNull();
    const { credentials, facts } = loaded ?? { credentials: {}, facts: null };
    expect(platformOf(id).accessToken(credentials)).not.toBe('');
    expect(
      facts?.mode === 'manual' ||
        platformOf(id)
          .capabilities(facts?.scopes ?? [], credentials)
          .includes('post'),
    ).toBe(true);
  });

  test('refuses a wrong secret at the step that takes it, and keeps the step open', async () => {
    const { steps } = answersOf(service, id);
    const key = { owner: `wrong-${id}`, platform: id, label: 'main' };
    await service.orchestration.startOnboarding(key);
    const state = await walkToEnd(service, key, {
      until: (step) => step.kind === 'portal' && step.fields.some((field) => field.secret),
    });
    const step = state.waitingFor?.step;
    if (step?.kind !== 'portal') throw new Error(`${id} never asks for a secret.`);
    const name = step.fields.find((field) => field.secret)?.name ?? '';
    const right = steps[step.id]?.[name] ?? '';
    // Of the same form, so that only the platform can tell.
    const wrong = right.replaceAll(/[a-y]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 1));
    expect(wrong).not.toBe(right);
    const parts = { ...service, platforms: [...service.platforms.values()] };
    const judgement = await giveStep(parts, key, { step: step.id, values: { ...steps[step.id], [name]: wrong } });
    expect(judgement.outcome).toBe('refused');
    expect((await settled(service, key)).waitingFor?.step.id).toBe(step.id);
  });

  test('refreshes by its policy: a rotating refresh token is replaced, a stable one kept', async () => {
    const { connectionId } = await connect(id, `refresh-${id}`);
    const platform = platformOf(id);
    const tokens = async (): Promise<string | null> => {
      const loaded = await service.store.connections.load(connectionId);
      return platform.refreshToken(loaded?.credentials ?? {});
    };
    const before = await tokens();
    const keeper = service.temporal.client.workflow.getHandle(keeperId(connectionId));
    const { outcome } = await keeper.executeUpdate(refreshNow, { args: [{}] });
    expect(['refreshed', 'not_due']).toContain(outcome);
    const after = await tokens();
    if (before !== null && platform.refreshPolicy.kind === 'rotating') expect(after).not.toBe(before);
    else expect(after).toBe(before);
    expect((await service.store.connections.facts(connectionId))?.status).toBe('active');
  });

  test('ends the grant at the platform when it is disconnected', async () => {
    const { connectionId } = await connect(id, `revoke-${id}`);
    const before = await service.store.connections.load(connectionId);
    const keeper = service.temporal.client.workflow.getHandle(keeperId(connectionId));
    await keeper.signal(revoke);
    await keeper.result();
    expect((await service.store.connections.facts(connectionId))?.status).toBe('revoked');
    const { network, clock } = service;
    const context = {
      network,
      clock,
      redirectUri: 'http://localhost:8422/callback',
      scopes: before?.facts.scopes ?? [],
    };
    await expect(platformOf(id).probe(before?.credentials ?? {}, context)).rejects.toBeInstanceOf(PlatformFailure);
  });
});
