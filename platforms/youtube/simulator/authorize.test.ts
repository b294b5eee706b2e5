import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  challenge,
  openTestSession,
  readScope,
  redirectUri,
  tokensOf,
  uploadScope,
  type TestSession,
} from './test-session.ts';

let google: TestSession;

beforeEach(async () => {
  google = await openTestSession();
});

afterEach(async () => {
  await google.close();
});

describe('the consent page', () => {
  it('sends code, state and the granted scopes to the callback', async () => {
    const { url } = await google.visit();
    expect(`${url.origin}${url.pathname}`).toBe(redirectUri);
    expect(url.searchParams.get('state')).toBe('state-1');
    expect(url.searchParams.get('code')).toMatch(/^4\/0A[\w-]{70}$/);
    expect(url.searchParams.get('scope')).toBe(`${uploadScope} ${readScope}`);
  });

  it('sends access_denied and the state to the callback when the person cancels', async () => {
    const { url } = await google.visit({}, { approve: false });
    expect(url.search).toBe('?state=state-1&error=access_denied');
  });

  it('grants only the scopes that are ticked', async () => {
    const { url } = await google.visit({}, { scopes: ['youtube.readonly'] });
    expect(url.searchParams.get('scope')).toBe(readScope);
  });

  it('grants no scope that the person is set to decline', async () => {
    google.set({ declinedScopes: ['youtube.upload'] });
    expect((await google.visit()).url.searchParams.get('scope')).toBe(readScope);
  });

  it('treats consent to nothing as a refusal', async () => {
    const { url } = await google.visit({}, { scopes: [] });
    expect(url.searchParams.get('error')).toBe('access_denied');
  });

  it('takes granted scopes along when asked to', async () => {
    await google.connect({ scope: uploadScope });
    const code = await google.consent({ scope: readScope, include_granted_scopes: 'true' });
    expect(
      tokensOf(await google.exchange(code))
        .scope.split(' ')
        .sort(),
    ).toEqual([readScope, uploadScope]);
  });

  it('lets a second account be chosen', async () => {
    const channel = { id: 'UCsecond', title: 'Second' };
    const accounts = [
      { name: 'creator', channel: null },
      { name: 'second', channel },
    ];
    google.set({ accounts });
    const { access_token } = await google.connect({}, { account: 'second' });
    const { body } = await google.api('/youtube/v3/channels?part=id&mine=true', access_token);
    expect(body).toMatchObject({ items: [{ id: 'UCsecond' }] });
  });

  it('refuses to go without a page, as nobody is signed in', async () => {
    const { url } = await google.visit({ prompt: 'none' });
    expect(url.searchParams.get('error')).toBe('interaction_required');
  });

  it.each([
    [{ publishingStatus: 'testing', testUsers: ['creator'] }, 'currently being tested'],
    [{ publishingStatus: 'production' }, 'verified this app'],
  ])('warns of an app that is %j', async (settings, warning) => {
    google.set(settings);
    const opened = google.network.browserUrl(new URL('https://accounts.google.com/o/oauth2/v2/auth'));
    const query = {
      client_id: google.client.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: readScope,
    };
    opened.search = new URLSearchParams(query).toString();
    expect((await (await fetch(opened)).text()).replaceAll(/\s+/g, ' ')).toContain(warning);
  });

  it('escapes what the address brings', async () => {
    const { text } = await google.visit({ redirect_uri: 'http://x/<script>alert(1)</script>' });
    expect(text).toContain('<script>alert(1)</script>');
    const opened = google.network.browserUrl(new URL('https://accounts.google.com/o/oauth2/v2/auth'));
    opened.search = new URLSearchParams({ client_id: google.client.client_id, redirect_uri: '<script>' }).toString();
    expect(await (await fetch(opened)).text()).not.toContain('<script>');
  });
});

describe('a fault of the configuration is shown on Google’s own page and never reaches the callback', () => {
  it.each([
    ['redirect_uri_mismatch', 400, { redirect_uri: `${redirectUri}/` }, {}],
    ['redirect_uri_mismatch', 400, { redirect_uri: 'http://127.0.0.1:8422/callback' }, {}],
    ['invalid_client', 401, { client_id: '1-nobody.apps.googleusercontent.com' }, {}],
    ['deleted_client', 401, {}, { clientDeleted: true }],
    ['access_denied', 403, {}, { publishingStatus: 'testing', testUsers: ['somebody-else'] }],
    ['org_internal', 403, {}, { userType: 'internal' }],
    ['invalid_scope', 400, { scope: 'youtube.upload' }, {}],
    ['invalid_request', 400, { response_type: 'token' }, {}],
    ['invalid_request', 400, { scope: '' }, {}],
    ['invalid_request', 400, { access_type: 'forever' }, {}],
    ['invalid_request', 400, { code_challenge: `${challenge}=`, code_challenge_method: 'S256' }, {}],
    ['invalid_request', 400, { code_challenge: challenge, code_challenge_method: 'S512' }, {}],
  ])('%s (%i) for %j with %j', async (code, status, parameters, settings) => {
    google.set(settings);
    const result = await google.visit(parameters);
    expect([result.status, result.url.host]).toEqual([status, new URL(google.simulators.url).host]);
    expect(result.text).toContain(`Error ${status}: ${code}`);
  });

  it('takes any loopback port for a desktop client, and nothing else', async () => {
    google.set({ clientType: 'desktop' });
    expect((await google.visit({ redirect_uri: 'http://127.0.0.1:50123/' })).url.port).toBe('50123');
    expect((await google.visit({ redirect_uri: 'http://127.0.0.1.evil.example/' })).status).toBe(400);
  });
});
