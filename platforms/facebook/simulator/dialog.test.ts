import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestSession, pagesOf, redirectUri, tokenOf, type TestSession } from './test-session.ts';

let meta: TestSession;
beforeEach(async () => {
  meta = await openTestSession();
});
afterEach(() => meta.close());

async function permissions(token: string): Promise<unknown> {
  return (await meta.graph('/v25.0/me/permissions', token)).body;
}

describe('the consent page', () => {
  it('sends code and state to the callback, with the fragment that servers never see', async () => {
    const { url } = await meta.visit();
    expect(`${url.origin}${url.pathname}`).toBe(redirectUri);
    expect(url.searchParams.get('state')).toBe('state-1');
    expect(url.searchParams.get('code')).toMatch(/^AQ[\w-]{200}$/);
    expect(url.hash).toBe('#_=_');
  });

  it('sends access_denied when the person cancels', async () => {
    const { searchParams } = (await meta.visit({}, { approve: false })).url;
    expect(Object.fromEntries(searchParams)).toEqual({
      error: 'access_denied',
      error_code: '200',
      error_description: 'Permissions error',
      error_reason: 'user_denied',
      state: 'state-1',
    });
  });

  it('grants only what is ticked, and asks for the rest again only when told to', async () => {
    await meta.shortToken({ scopes: ['pages_show_list'] });
    const again = tokenOf(await meta.exchange(await meta.consent()));
    expect(JSON.stringify(await permissions(again))).toContain('"pages_manage_posts","status":"declined"');
    const asked = { scope: 'pages_manage_posts', auth_type: 'rerequest' };
    const token = tokenOf(await meta.exchange(await meta.consent(asked)));
    expect(JSON.stringify(await permissions(token))).toContain('"pages_manage_posts","status":"granted"');
    expect(JSON.stringify(await permissions(token))).toContain('"pages_show_list","status":"granted"');
  });

  it('shows the app only the Pages that are ticked', async () => {
    meta.set({ pageCount: 3 });
    const token = await meta.shortToken({ choices: { page: ['700000000000002'] } });
    const { data } = pagesOf(await meta.graph('/v25.0/me/accounts', token));
    expect(data.map(({ id }) => id)).toEqual(['700000000000002']);
    expect(await meta.debug(token)).toMatchObject({
      granular_scopes: expect.arrayContaining([
        { scope: 'pages_manage_posts', target_ids: ['700000000000002'] },
      ]) as unknown,
    });
  });

  it('escapes what the address brings', async () => {
    const opened = meta.network.browserUrl(new URL('https://www.facebook.com/v25.0/dialog/oauth'));
    const query = { client_id: meta.app.client_id, redirect_uri: redirectUri, scope: '<script>' };
    opened.search = new URLSearchParams(query).toString();
    expect(await (await fetch(opened)).text()).not.toContain('<script>');
  });
});

describe('the redirect URI', () => {
  it.each([
    ['http://localhost:1/other', {}],
    ['https://connector.example/callback', { redirectUris: ['https://connector.example/callback'] }],
    ['https://connector.example/callback', { published: true, redirectUris: ['https://connector.example/callback'] }],
  ])('%s is taken with %j', async (redirect_uri, settings) => {
    meta.set(settings);
    expect((await meta.visit({ redirect_uri })).url.href.startsWith(redirect_uri)).toBe(true);
  });

  it.each([
    ['http://127.0.0.1:8422/callback', {}],
    ['http://localhost.evil.example/callback', {}],
    ['https://connector.example/callback', {}],
    [redirectUri, { published: true }],
    [redirectUri, { published: true, redirectUris: [redirectUri] }],
    ['https://connector.example/callback/', { published: true, redirectUris: ['https://connector.example/callback'] }],
  ])('%s is blocked with %j, on Facebook’s own page', async (redirect_uri, settings) => {
    meta.set(settings);
    const { status, text } = await meta.visit({ redirect_uri });
    expect([status, text]).toEqual([400, expect.stringContaining('URL blocked')]);
  });
});

describe('a fault of the app is shown on Facebook’s own page and never reaches the callback', () => {
  const stranger = { name: 'stranger', userId: '88', pages: [], hasRole: false };
  it.each([
    ['Invalid App ID', { client_id: '1' }, {}],
    ['Invalid App ID', {}, { appDeleted: true }],
    ['Invalid Scopes: manage_pages', { scope: 'manage_pages' }, {}],
    ['server flow', { response_type: 'token' }, {}],
    ['App not active', {}, { accounts: [stranger] }],
  ])('%s for %j with %j', async (message, parameters, settings) => {
    meta.set(settings);
    const { status, text, url } = await meta.visit(parameters);
    expect([status, url.host]).toEqual([400, new URL(meta.simulators.url).host]);
    expect(text).toContain(message);
  });

  it('lets anybody in once the app is published', async () => {
    meta.set({ published: true, redirectUris: ['https://c.example/'], accounts: [stranger] });
    const { url } = await meta.visit({ redirect_uri: 'https://c.example/' });
    expect(url.searchParams.has('code')).toBe(true);
  });
});
