import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextRefreshAt } from '../../model/refresh-policy.ts';
import { platform } from './index.ts';
import { openTestConnection, type TestConnection } from './test-connection.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let x: TestConnection;
beforeEach(async () => {
  x = await openTestConnection();
});
afterEach(() => x.close());

describe('a connection with keys (OAuth 1.0a) at the simulated X', () => {
  it('has the five fields of the specification, an account, and everything that its level allows', async () => {
    await x.connectSigned();
    const five = ['api_key', 'api_secret', 'bearer_token', 'access_token', 'access_token_secret'];
    expect(platform.shape.filter((name) => name in x.credentials)).toEqual(five);
    expect(x.grants.at(-1)).toMatchObject({ account: { name: '@creator' }, expiresAt: null, scopes: ['read-write'] });
    expect(platform.capabilities(x.scopes, x.credentials)).toEqual(['post', 'read', 'delete', 'analytics']);
    expect(platform.refreshToken(x.credentials)).toBeNull();
    expect(platform.reconnectAt?.(x.credentials)).toBe('access-token');
  });

  it('never falls due, for a year of weekly probes', async () => {
    await x.connectSigned();
    const age = { obtainedAt: x.simulators.clock.now(), expiresAt: null, refreshExpiresAt: null };
    for (let week = 0; week < 52; week += 1) {
      x.simulators.clock.advance(7 * dayMs);
      const now = x.simulators.clock.now();
      expect(nextRefreshAt({ ...age, usedAt: now }, platform.refreshPolicy, now, 0)).toBeNull();
      expect(await x.probe()).toMatchObject({ expiresAt: null, scopes: ['read-write'] });
    }
  });

  it('is verified and left as it is by a refresh that is forced', async () => {
    await x.connectSigned();
    const before = x.credentials;
    expect(await x.refresh()).toMatchObject({ expiresAt: null, account: { name: '@creator' } });
    expect(x.credentials).toEqual(before);
  });

  it('needs consent once the person has removed the app', async () => {
    await x.connectSigned();
    x.set({ removeAccessOf: ['creator'] });
    await expect(x.probe()).rejects.toMatchObject({ failure: { kind: 'needs_consent', code: 'unauthorized' } });
  });

  it('ends for good, twice without complaint', async () => {
    await x.connectSigned();
    await platform.revoke(x.credentials, x.context());
    await platform.revoke(x.credentials, x.context());
    expect(x.calls('/1.1/oauth/invalidate_token.json')).toBe(2);
    await expect(x.probe()).rejects.toMatchObject({ failure: { kind: 'needs_consent' } });
  });
});

describe('a connection by consent (OAuth 2.0) at the simulated X', () => {
  it('has a client, two tokens, an end, and everything that its scopes allow', async () => {
    await x.connectGranted();
    const fields = ['bearer_token', 'access_token', 'client_id', 'client_secret', 'refresh_token', 'token_expiry'];
    expect(platform.shape.filter((name) => name in x.credentials)).toEqual(fields);
    expect(x.credentials['token_expiry']).toBe('2026-11-23T14:00:00.000Z');
    expect(platform.capabilities(x.scopes, x.credentials)).toEqual(['post', 'read', 'delete', 'analytics']);
    expect(platform.refreshToken(x.credentials)).toBe(x.credentials['refresh_token']);
    expect(platform.reconnectAt?.(x.credentials)).toBe('consent');
  });

  it('goes on for a week of refreshes, each with a new refresh token', async () => {
    await x.connectGranted();
    const seen = new Set([x.credentials['refresh_token']]);
    for (let round = 0; round < 100; round += 1) {
      x.simulators.clock.advance(1.6 * hourMs);
      const grant = await x.refresh();
      seen.add(grant.credentials['refresh_token']);
      expect(Date.parse(grant.expiresAt ?? '') - x.simulators.clock.now().getTime()).toBe(2 * hourMs);
    }
    expect(seen.size).toBe(101);
  });

  it('works with a public client, which has no secret', async () => {
    x.set({ clientType: 'public' });
    await x.connectGranted();
    expect(x.credentials['client_secret']).toBeUndefined();
    expect((await x.refresh()).credentials).toHaveProperty('refresh_token');
  });

  it('is lost when the answer to a refresh is: the token was good for one use', async () => {
    await x.connectGranted();
    x.simulators.faults.add({ host: 'api.x.com', path: '/2/oauth2/token', drop: 'after' });
    await expect(x.refresh()).rejects.toMatchObject({ failure: { kind: 'transient' } });
    await expect(x.refresh()).rejects.toMatchObject({ failure: { kind: 'needs_consent', code: 'invalid_request' } });
  });

  it('survives a call that never arrived', async () => {
    await x.connectGranted();
    x.simulators.faults.add({ host: 'api.x.com', path: '/2/oauth2/token', drop: 'before' });
    await expect(x.refresh()).rejects.toMatchObject({ failure: { kind: 'transient' } });
    expect(await x.refresh()).toHaveProperty('credentials.refresh_token');
  });

  it('is not asked with an access token that has ended, and its refresh token is not spent by a probe', async () => {
    await x.connectGranted();
    x.simulators.clock.advance(3 * hourMs);
    const before = x.calls('/2/users/me');
    expect(await x.probe()).toEqual({ credentials: {} });
    expect(x.calls('/2/users/me')).toBe(before);
    expect(x.calls('/2/oauth2/token')).toBe(2);
  });

  it('is given as ended when X refuses the token early, so that a refresh decides', async () => {
    await x.connectGranted();
    x.set({ removeAccessOf: ['creator'] });
    const now = x.simulators.clock.now().toISOString();
    expect(await x.probe()).toEqual({ credentials: { token_expiry: now }, expiresAt: now });
    await expect(x.refresh()).rejects.toMatchObject({ failure: { kind: 'needs_consent' } });
  });

  it('ends for good, twice without complaint', async () => {
    await x.connectGranted();
    await platform.revoke(x.credentials, x.context());
    await platform.revoke(x.credentials, x.context());
    await expect(x.refresh()).rejects.toMatchObject({ failure: { kind: 'needs_consent' } });
  });

  it('needs the operator after the secret was replaced', async () => {
    await x.connectGranted();
    x.set({ newClientSecret: true });
    await expect(x.refresh()).rejects.toMatchObject({ failure: { kind: 'app_rejected', code: 'unauthorized_client' } });
  });
});

describe('a connection whose method nobody stored', () => {
  it('is known by its token: the specification’s five fields sign, a consent’s do not', async () => {
    await x.connectSigned();
    const five = platform.shape.slice(0, 5).map((name): [string, string] => [name, x.credentials[name] ?? '']);
    const grant = await platform.probe(Object.fromEntries(five), x.context());
    expect(grant.account?.name).toBe('@creator');
    const signed = x.credentials['access_token_secret'] ?? '';
    await x.connectGranted();
    const { method = '', ...granted } = x.credentials;
    expect(method).toBe('oauth2');
    const imported = { ...granted, access_token_secret: signed };
    expect((await platform.probe(imported, x.context())).account?.name).toBe('@creator');
    expect(platform.refreshToken(imported)).toBe(x.credentials['refresh_token']);
  });

  it('that went back to keys spends no refresh token of its former consent', async () => {
    await x.connectGranted();
    x.set({ method: 'oauth1' });
    await x.connectSigned();
    expect(platform.refreshToken(x.credentials)).toBeNull();
    expect(x.grants.at(-1)?.expiresAt).toBeNull();
  });
});

it('an onboarding that was given up half-way has nothing to revoke', async () => {
  await platform.revoke({}, x.context());
  await platform.revoke({ method: 'oauth2', client_id: 'id' }, x.context());
  await platform.revoke({ method: 'oauth1', access_token: '1-a' }, x.context());
  expect(x.simulators.requests.list({})).toEqual([]);
});
