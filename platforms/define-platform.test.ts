import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PlatformFailure } from '../model/failure.ts';
import { CredentialsError, definePlatform, parseCredentials, type PlatformDefinition } from './define-platform.ts';
import { unknownFailure } from './failures.ts';
import { createSimulatedNetwork } from './network.ts';
import type { PlatformContext } from './platform.ts';

const schema = z.object({ app_id: z.string().min(1), token: z.string().startsWith('t-') });

const definition: PlatformDefinition<typeof schema> = {
  id: 'example',
  name: 'Example',
  credentials: schema,
  steps: [],
  refreshPolicy: { kind: 'none', idleRefreshEveryMs: 1, probeEveryMs: 1 },
  shape: ['app_id', 'token'],
  readableFields: ['app_id'],
  appFields: ['app_id'],
  accessToken: (field) => field('token'),
  refreshToken: () => undefined,
  capabilities: () => ['read'],
  refresh: () => Promise.resolve({ credentials: {} }),
  probe: () => Promise.resolve({ credentials: {} }),
  revoke: () => Promise.resolve(),
  diagnose: () => unknownFailure('Example', 'something'),
};

const context: PlatformContext = {
  network: createSimulatedNetwork('http://127.0.0.1:1'),
  clock: { now: () => new Date(0) },
  redirectUri: 'http://localhost:8422/callback',
  scopes: [],
};

const complete = { app_id: '1', token: 't-1' };

describe('credentials', () => {
  it('are named by platform and field when they do not fit, never by value', () => {
    const read = (): unknown => parseCredentials('example', schema, { app_id: '', token: 's3cret' });
    expect(read).toThrow(CredentialsError);
    expect(read).toThrow(/example.*app_id, token/);
    expect(read).not.toThrow(/s3cret/);
  });

  it('reach the platform exactly typed, without fields that it does not know', async () => {
    const seen: unknown[] = [];
    const refresh: (typeof definition)['refresh'] = ({ app_id, ...rest }) => {
      seen.push(app_id, rest);
      return Promise.resolve({ credentials: {} });
    };
    await definePlatform({ ...definition, refresh }).refresh({ ...complete, stray: 'x' }, context);
    expect(seen).toEqual(['1', { token: 't-1' }]);
  });

  it('that lack a field of the app need the operator, others the person', async () => {
    const platform = definePlatform(definition);
    const noApp = platform.probe({ token: 't-1' }, context);
    await expect(noApp).rejects.toMatchObject({ failure: { kind: 'app_rejected', code: 'credentials_incomplete' } });
    const noToken = platform.probe({ app_id: '1' }, context);
    await expect(noToken).rejects.toMatchObject({ failure: { kind: 'needs_consent' } });
  });

  it('hand out the access token although something else is missing', () => {
    const platform = definePlatform(definition);
    expect(platform.accessToken({ token: 't-1' })).toBe('t-1');
    expect(() => platform.accessToken({ app_id: '1' })).toThrow(CredentialsError);
  });
});

describe('errors', () => {
  const leaky = Object.assign(new Error('token=s3cret'), { config: { data: 's3cret' } });
  const fail = (): Promise<never> => Promise.reject(leaky);

  it('leave refresh, probe and revocation judged and without what the library put into them', async () => {
    const platform = definePlatform({ ...definition, refresh: fail, probe: fail, revoke: fail });
    for (const act of [platform.refresh, platform.probe, platform.revoke]) {
      const error: unknown = await act(complete, context).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PlatformFailure);
      expect(error).toMatchObject({ failure: { kind: 'transient' } });
      const all = error instanceof PlatformFailure ? [error.stack, error.cause, error.failure] : [];
      expect(JSON.stringify(all, Object.getOwnPropertyNames(Error.prototype))).not.toContain('s3cret');
    }
  });

  it('leave every kind of step judged', async () => {
    const base = { id: 's', title: 'S', instructions: [] };
    const platform = definePlatform({
      ...definition,
      steps: [
        { ...base, kind: 'portal', link: 'https://example.org', fields: [], verify: fail },
        {
          ...base,
          kind: 'consent',
          authorizationUrl: () => new URL('https://example.org'),
          exchange: fail,
          refused: () => ({ outcome: 'done' }),
        },
        { ...base, kind: 'choice', options: fail, choose: fail },
        { ...base, kind: 'automatic', run: fail },
        { ...base, kind: 'review', link: 'https://example.org', pack: [], remindAfterDays: 14, approved: fail },
        { ...base, kind: 'activate' },
      ],
    });
    const code = { credentials: {}, code: 'c', verifier: 'v' };
    const acts = platform.steps.flatMap((step): Promise<unknown>[] => {
      switch (step.kind) {
        case 'portal':
          return step.verify === undefined ? [] : [step.verify({}, {}, context)];
        case 'consent':
          return [step.exchange(code, context)];
        case 'choice':
          return [step.options({}, context), step.choose('1', {}, context)];
        case 'automatic':
          return [step.run({}, context)];
        case 'review':
          return step.approved === undefined ? [] : [step.approved({}, context)];
        case 'activate':
          return [];
      }
    });
    expect(acts).toHaveLength(6);
    for (const act of acts) await expect(act).rejects.toBeInstanceOf(PlatformFailure);
  });

  it('that were judged already keep their judgement', async () => {
    const failure = { kind: 'needs_consent', code: 'gone', cause: 'Gone.', remedy: 'Agree.' } as const;
    const refresh = (): Promise<never> => Promise.reject(new PlatformFailure(failure));
    const platform = definePlatform({ ...definition, refresh });
    await expect(platform.refresh(complete, context)).rejects.toMatchObject({ failure });
    expect(platform.diagnose(new PlatformFailure(failure), new Date())).toEqual(failure);
  });
});
