import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findStep } from '../find-step.ts';
import { facebookFetch } from './client.ts';
import { callbackErrors } from './consent.ts';
import { platform } from './index.ts';
import { openTestPerson, redirectUri, type TestPerson } from './test-person.ts';

let person: TestPerson;
beforeEach(async () => {
  person = await openTestPerson();
});
afterEach(() => person.close());

describe('onboarding at the simulated Meta', () => {
  it('goes from an app to a Page and its Instagram account, and the token posts', async () => {
    await person.connect();
    const { credentials, scopes, grants } = person.kept;
    expect(credentials).toMatchObject({ page_name: 'Creator Page', ig_username: 'creator.page' });
    for (const field of platform.shape) expect(credentials[field]).toMatch(/\S/);
    const account = grants.find((grant) => grant.account !== undefined)?.account;
    expect(account).toEqual({ id: credentials['page_id'], name: 'Creator Page' });
    const permanent = grants.find(({ credentials: saved }) => 'page_access_token' in saved);
    expect(permanent).toMatchObject({ expiresAt: null, mode: { mode: 'restricted' } });
    expect(permanent?.consentExpiresAt).toBe('2027-02-21T12:00:00.000Z');
    expect(platform.capabilities(scopes, credentials)).toEqual(['post', 'read', 'delete']);

    const call = facebookFetch({
      getAccessToken: () => Promise.resolve(platform.accessToken(credentials)),
      network: person.network,
    });
    const body = new URLSearchParams({ message: 'Hello' });
    const posted = await call(`${credentials['page_id']!}/feed`, { method: 'POST', body });
    expect(await posted.json()).toHaveProperty('id');
  });

  it('keeps of the user token only the long-lived one', async () => {
    await person.connect();
    const left = Date.parse(person.kept.credentials['user_token_expiry']!) - person.simulators.clock.now().getTime();
    expect(left).toBe(5_183_944_000);
    expect(Object.keys(person.kept.credentials)).not.toContain('short_token');
  });

  it('asks debug_token for the end of a token whose exchange does not tell it', async () => {
    person.set({ omitExpiresIn: true });
    await person.connect();
    expect(person.kept.credentials['user_token_expiry']).toBe('2027-01-22T11:59:04.000Z');
  });

  it('sends no token, secret or code in a URL, except to debug_token', async () => {
    await person.connect();
    const names = person.simulators.requests
      .list({ host: 'graph.facebook.com' })
      .filter(({ method, path }) => method === 'GET' && !path.endsWith('/debug_token'))
      .flatMap(({ parameters }) => parameters.map(([name]) => name));
    expect(new Set(names)).toEqual(new Set(['fields', 'limit', 'appsecret_proof']));
  });
});

describe('the app step', () => {
  it('proves a right pair and tells a wrong secret from an unknown app', async () => {
    const right = person.meta.answers().steps['app-credentials']!;
    expect((await person.portal('app-credentials')).outcome.outcome).toBe('done');
    const wrongSecret = await person.portal('app-credentials', { ...right, app_secret: '0'.repeat(32) });
    expect(wrongSecret.outcome).toMatchObject({ outcome: 'refused', field: 'app_secret' });
    const wrongId = await person.portal('app-credentials', { ...right, app_id: '1234567890' });
    expect(wrongId.outcome).toMatchObject({ outcome: 'refused', field: 'app_id' });
  });

  it('does not judge after trouble at Facebook, and stays open', async () => {
    person.simulators.faults.add({ host: 'graph.facebook.com', status: 503, body: {} });
    const { outcome } = await person.portal('app-credentials');
    expect(outcome).toMatchObject({ outcome: 'refused' });
    expect(outcome).toHaveProperty('remedy.cause', expect.stringContaining('could not be checked'));
  });
});

describe('the app mode', () => {
  it('is restricted with its reason while unpublished, and live once published', async () => {
    const { save, outcome } = await person.portal('app-mode');
    expect(save?.mode).toMatchObject({ mode: 'restricted' });
    expect(JSON.stringify(outcome)).toContain('unpublished');
    const published = await person.portal('app-mode', { app_mode: 'published' });
    expect(published.save?.mode).toEqual({ mode: 'live', reason: null });
  });
});

describe('the method', () => {
  it('login skips the pasted token, explorer_token does not', async () => {
    expect((await person.portal('method', { method: 'login' })).outcome).toMatchObject({ next: 'consent' });
    expect((await person.portal('method', { method: 'explorer_token' })).outcome).not.toHaveProperty('next');
  });
});

describe('a token pasted from the Graph API Explorer', () => {
  beforeEach(async () => {
    person.set({ method: 'explorer_token' });
    await person.portal('app-credentials');
    await person.portal('method');
  });

  it('is exchanged for a long-lived one first, and consent is skipped', async () => {
    const pasted = person.meta.answers().steps['user-token']!;
    const { outcome, save } = await person.portal('user-token', pasted);
    expect(outcome).toMatchObject({ outcome: 'done', next: 'permissions' });
    expect(save?.credentials['user_access_token']).not.toBe(pasted['user_access_token']);
    for (const step of ['permissions', 'pages']) expect((await person.run(step)).outcome.outcome).toBe('done');
    await person.choose();
    expect((await person.run('page-token')).outcome.outcome).toBe('done');
    expect(person.kept.grants.at(-1)?.expiresAt).toBeNull();
  });

  it('is refused when it is expired, a Page token, or nothing of Facebook', async () => {
    const pasted = person.meta.answers().steps['user-token']!;
    await person.portal('user-token', pasted);
    await person.run('pages');
    await person.choose();
    await person.run('page-token');
    const pageToken = { user_access_token: person.kept.credentials['page_access_token']! };
    const ofPage = await person.portal('user-token', pageToken);
    expect(ofPage.outcome).toMatchObject({ outcome: 'refused', field: 'user_access_token' });
    expect(JSON.stringify(ofPage.outcome)).toContain('PAGE');
    const made = await person.portal('user-token', { user_access_token: `EAA${'x'.repeat(100)}` });
    expect(made.outcome).toMatchObject({ outcome: 'refused', field: 'user_access_token' });
    person.advanceDays(0.1);
    expect((await person.portal('user-token', pasted)).outcome).toMatchObject({ outcome: 'refused' });
  });

  it('sends back to itself, not to a consent page, when a permission is missing', async () => {
    person.set({ removeAccessOf: ['creator'], declinedScopes: ['pages_manage_posts'] });
    await person.portal('user-token');
    expect((await person.run('permissions')).outcome).toMatchObject({ outcome: 'again', step: 'user-token' });
    expect(platform.reconnectAt?.(person.kept.credentials)).toBe('user-token');
  });
});

describe('the consent link', () => {
  function link(scopes: readonly string[]): URL {
    const request = { credentials: { app_id: '1234567', app_secret: 's3cret' }, state: 'state & more', verifier: 'v' };
    const context = { ...person.context(), scopes };
    return findStep(platform, 'consent', 'consent').authorizationUrl(request, context);
  }
  const all =
    'pages_show_list,pages_read_engagement,pages_manage_posts,business_management,instagram_basic,instagram_content_publish';

  it('asks for everything, and leads to the simulator in a sandbox', () => {
    const url = link([]);
    expect(url.pathname).toBe('/www.facebook.com/v25.0/dialog/oauth');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: '1234567',
      redirect_uri: redirectUri,
      state: 'state & more',
      response_type: 'code',
      scope: all,
    });
  });

  it('asks again for just what is missing, and for everything when a whole consent is renewed', () => {
    const partial = link(all.split(',').filter((scope) => scope !== 'pages_manage_posts'));
    expect(partial.searchParams.get('scope')).toBe('pages_manage_posts');
    expect(partial.searchParams.get('auth_type')).toBe('rerequest');
    expect(link(all.split(',')).searchParams.get('scope')).toBe(all);
  });
});

describe('an answer at the callback without a code', () => {
  const refused = (query: string): unknown =>
    findStep(platform, 'consent', 'consent').refused(new URLSearchParams(query));

  it.each(callbackErrors)('is explained: $code', ({ code, remedy }) => {
    expect(refused(`error=${code}&state=s`)).toEqual({ outcome: 'refused', remedy });
  });

  it('of an unknown kind is refused without repeating it', () => {
    expect(JSON.stringify(refused('error=%3Cscript%3E'))).not.toContain('script');
  });

  it('comes of a person who cancels', async () => {
    await person.portal('app-credentials');
    const { outcome } = await person.consent({ approve: false });
    expect(outcome).toMatchObject({ outcome: 'refused' });
    expect(JSON.stringify(outcome)).toContain('Cancel');
  });
});
