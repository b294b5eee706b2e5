import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findStep } from '../find-step.ts';
import { platform } from './index.ts';
import { openTestConnection, redirectUri, type TestConnection } from './test-connection.ts';

const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

let x: TestConnection;
beforeEach(async () => {
  x = await openTestConnection();
});
afterEach(() => x.close());

describe('the choice of a method', () => {
  it('jumps into its branch, and both branches end at the account', async () => {
    expect(await x.portal('method', { method: 'oauth1' })).toEqual({ outcome: 'done', next: 'permissions' });
    expect(await x.portal('method', { method: 'oauth2' })).toEqual({ outcome: 'done', next: 'client' });
    await x.portal('api-keys');
    expect(await x.portal('access-token')).toMatchObject({ outcome: 'done', next: 'account' });
    const ids = platform.steps.map(({ id }) => id);
    expect(ids).toEqual([
      ...['app', 'billing', 'method', 'permissions', 'api-keys', 'access-token'],
      ...['client', 'consent', 'account'],
    ]);
  });

  it('sets the permission before the token is made', () => {
    const { instructions } = findStep(platform, 'portal', 'permissions');
    expect(instructions.join(' ')).toContain('Read and write. Do this before you generate an access token');
  });
});

describe('the app’s keys', () => {
  it('are proved at once, and the bearer token is kept as it was given', async () => {
    const { bearer_token } = x.x.answers().steps['api-keys'] ?? {};
    expect(await x.portal('api-keys')).toMatchObject({ outcome: 'done' });
    expect(x.credentials['bearer_token']).toBe(bearer_token);
  });

  it('bring the bearer token when none was given', async () => {
    const { bearer_token } = x.x.answers().steps['api-keys'] ?? {};
    expect(await x.portal('api-keys', { bearer_token: '' })).toMatchObject({ outcome: 'done' });
    expect(x.credentials['bearer_token']).toBe(bearer_token);
  });

  it.each([
    ['a wrong secret', { api_secret: 'wrong' }, 'api_secret'],
    ['a wrong key', { api_key: 'wrong' }, 'api_secret'],
    ['a wrong bearer token', { bearer_token: 'wrong' }, 'bearer_token'],
  ])('are refused with %s', async (_what, changes, field) => {
    expect(await x.portal('api-keys', changes)).toMatchObject({ outcome: 'refused', field });
    expect(x.credentials).toEqual({});
  });

  it('cannot be proved without credits, and it is said so', async () => {
    x.set({ creditsUsd: 0 });
    const outcome = await x.portal('api-keys');
    expect(outcome).toMatchObject({ outcome: 'refused', remedy: { link: 'https://console.x.com/billing' } });
    expect(JSON.stringify(outcome)).toContain('Buy credits');
    expect(outcome).not.toHaveProperty('field');
  });

  it('are refused while the developer account has no plan', async () => {
    x.set({ enrolled: false });
    expect(JSON.stringify(await x.portal('api-keys'))).toContain('not enrolled');
  });
});

describe('the access token', () => {
  beforeEach(async () => {
    await x.portal('api-keys');
  });

  it('tells whose it is and what it may do', async () => {
    expect(await x.portal('access-token')).toMatchObject({
      outcome: 'done',
      notes: ['The token belongs to @creator.'],
    });
    expect(x.scopes).toEqual(['read-write']);
    expect(x.credentials).toMatchObject({ username: 'creator' });
  });

  it('that was made before the permission was changed is refused, with the remedy', async () => {
    x.set({ permission: 'read', newAccessToken: true });
    x.set({ permission: 'read-write' });
    const outcome = await x.portal('access-token');
    expect(outcome).toMatchObject({ outcome: 'refused', field: 'access_token' });
    expect(JSON.stringify(outcome)).toContain('the token was made before the permission was changed');
    expect(JSON.stringify(outcome)).toContain('Set Read and write under User authentication settings, then regenerate');
    x.set({ newAccessToken: true });
    expect(await x.portal('access-token')).toMatchObject({ outcome: 'done' });
  });

  it.each([{ access_token_secret: 'wrong' }, { access_token: '1-unknown' }])('with %j is refused', async (changes) => {
    expect(await x.portal('access-token', changes)).toMatchObject({ outcome: 'refused', field: 'access_token' });
  });

  it('is taken, with a note, when X does not state its level', async () => {
    const body = { data: { id: '1', username: 'creator' } };
    x.simulators.faults.add({ host: 'api.x.com', path: '/2/users/me', status: 200, body });
    const outcome = await x.portal('access-token');
    expect(JSON.stringify(outcome)).toContain('did not say whether it may write');
    expect(x.scopes).toEqual([]);
  });
});

describe('the client', () => {
  it.each([
    ['a wrong secret', 'confidential', { client_secret: 'wrong' }, 'client_secret'],
    ['no secret', 'confidential', { client_secret: '' }, 'client_secret'],
    ['an unknown ID', 'public', { client_id: 'unknown' }, 'client_id'],
  ])('is refused with %s', async (_what, clientType, changes, field) => {
    x.set({ clientType });
    expect(await x.portal('client', changes)).toMatchObject({ outcome: 'refused', field });
  });

  it.each(['confidential', 'public'])('that is %s is accepted', async (clientType) => {
    x.set({ clientType });
    expect(await x.portal('client')).toMatchObject({ outcome: 'done' });
  });

  it('is not blamed for trouble at X', async () => {
    x.simulators.faults.add({ host: 'api.x.com', status: 503, body: {} });
    expect(JSON.stringify(await x.portal('client'))).toContain('could not be checked');
  });
});

describe('the consent', () => {
  beforeEach(async () => {
    await x.portal('method', { method: 'oauth2' });
    await x.portal('client');
  });

  it('is asked for at X, in a sandbox at the simulator, with everything that is needed', () => {
    const step = findStep(platform, 'consent', 'consent');
    const url = step.authorizationUrl({ credentials: x.credentials, state: 'a & b', verifier }, x.context());
    expect(url.pathname).toBe('/x.com/i/oauth2/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: x.credentials['client_id'],
      redirect_uri: redirectUri,
      scope: 'tweet.read tweet.write users.read media.write offline.access',
      state: 'a & b',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
  });

  it('that is cancelled is explained, and unknown words are not repeated', async () => {
    const outcome = await x.consent({ approve: false });
    expect(JSON.stringify(outcome)).toContain('pressed Cancel');
    const { refused } = findStep(platform, 'consent', 'consent');
    expect(JSON.stringify(refused(new URLSearchParams('error=<script>')))).not.toContain('script');
  });

  it('sends back with a code that is too old or made up', async () => {
    const step = findStep(platform, 'consent', 'consent');
    const answer = { credentials: x.credentials, code: 'made-up', verifier };
    const { outcome } = await step.exchange(answer, x.context());
    expect(outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    expect(JSON.stringify(outcome)).toContain('30 seconds');
  });

  it('sends back to the client when its secret was replaced', async () => {
    const old = x.credentials;
    x.set({ newClientSecret: true });
    const step = findStep(platform, 'consent', 'consent');
    const { outcome } = await step.exchange({ credentials: old, code: 'c', verifier }, x.context());
    expect(outcome).toMatchObject({ outcome: 'again', step: 'client' });
  });

  const granted = (scope: string, more: object): object => ({
    host: 'api.x.com',
    path: '/2/oauth2/token',
    status: 200,
    body: { token_type: 'bearer', expires_in: 7200, access_token: 'a', scope, ...more },
  });

  it('without offline.access sends back and saves nothing', async () => {
    x.simulators.faults.add(granted('tweet.read', {}));
    expect(await x.consent()).toMatchObject({ outcome: 'again', step: 'consent' });
    expect(x.grants).toEqual([]);
  });

  it('to less than was asked for sends back, with what does not work then', async () => {
    x.simulators.faults.add(granted('tweet.read users.read offline.access media.write', { refresh_token: 'r' }));
    const outcome = await x.consent();
    expect(outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    expect(JSON.stringify(outcome)).toContain('nothing can be posted');
  });
});

describe('the account step', () => {
  it('says that credits are missing instead of waiting for them in silence', async () => {
    await x.connectGranted();
    x.set({ creditsUsd: -1 });
    expect(await x.account()).toMatchObject({ outcome: 'refused' });
  });

  it.each([
    ['connectSigned', 'access-token'],
    ['connectGranted', 'consent'],
  ] as const)('sends back after %s to the step that gives a token', async (connect, step) => {
    await x[connect]();
    x.set({ removeAccessOf: ['creator'] });
    expect(await x.account()).toMatchObject({ outcome: 'again', step });
  });
});
