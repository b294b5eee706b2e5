import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StepOutcome } from '../../model/portal-step.ts';
import { describePlatform } from '../describe-platform.ts';
import { findStep } from '../find-step.ts';
import { callbackErrors } from './callback.ts';
import { checkRedirectUri } from './redirect-uri.ts';
import { platform } from './index.ts';
import { openTestConnection, redirectUri, type TestConnection } from './test-connection.ts';

const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const hexChallenge = '13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3';
const tokenPath = { host: 'open.tiktokapis.com', path: '/v2/oauth/token/' };

let tiktok: TestConnection;
beforeEach(async () => {
  tiktok = await openTestConnection();
});
afterEach(() => tiktok.close());

describe('the steps', () => {
  it('come in the order in which a person can do them', () => {
    expect(platform.steps.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'portal developer-account',
      'portal app',
      'portal app-details',
      'portal products',
      'portal app-scopes',
      'portal sandbox',
      'portal sandbox-client',
      'consent consent',
      'automatic scopes',
      'automatic account',
      'activate activate',
      'review app-review',
      'portal production-client',
      'consent production-consent',
      'automatic production-account',
      'activate production-activate',
      'review posting-audit',
      'automatic live',
    ]);
  });

  it('name the redirect URI to the letter, in the submission pack too', () => {
    const text = JSON.stringify(describePlatform(platform, redirectUri));
    expect(text).not.toContain('{redirectUri}');
    const review = describePlatform(platform, redirectUri).steps.find(({ id }) => id === 'app-review');
    expect(JSON.stringify(review)).toContain(redirectUri);
  });

  it('of a second account of an approved app begin at its client', async () => {
    const known = { production_client_key: 'key', production_client_secret: 'secret' };
    const { verify } = findStep(platform, 'portal', 'developer-account');
    expect((await verify!({}, known, tiktok.context())).outcome).toMatchObject({ next: 'production-client' });
    expect((await verify!({}, {}, tiktok.context())).outcome).toEqual({ outcome: 'done' });
  });

  it('of a new consent ask for the audit only while the app has not passed it', async () => {
    await tiktok.toSandbox();
    await tiktok.toProduction();
    expect((await tiktok.run('production-account')).outcome).not.toHaveProperty('next');
    tiktok.keep({ credentials: { audited: 'yes' } });
    expect((await tiktok.run('production-account')).outcome).toMatchObject({ outcome: 'done', next: 'live' });
    expect((await tiktok.run('live')).outcome).toEqual({ outcome: 'done' });
  });
});

describe('the platform of the app', () => {
  it.each([
    ['desktop', 'http://localhost:8422/callback', 'done'],
    ['desktop', 'http://127.0.0.1:8422/callback/', 'done'],
    ['desktop', 'http://localhost/callback', 'refused'],
    ['desktop', 'https://connector.example/callback', 'refused'],
    ['web', 'https://connector.example/callback', 'done'],
    ['web', 'http://localhost:8422/callback', 'refused'],
  ])('%s with the callback %s is %s', (client, uri, outcome) => {
    expect(checkRedirectUri(client, uri).outcome).toBe(outcome);
  });
});

describe('a client', () => {
  it.each([200, 400])(
    'is proved by what TikTok says to a made-up code, with the status %i',
    async (oauthErrorStatus) => {
      tiktok.set({ oauthErrorStatus });
      expect((await tiktok.portal('sandbox-client')).outcome.outcome).toBe('done');
      expect(tiktok.credentials['stage']).toBe('sandbox');
      const { outcome } = await tiktok.portal('sandbox-client', { client_secret: 'wrong-s3cret' });
      expect(outcome).toMatchObject({ outcome: 'refused' });
      expect(JSON.stringify(outcome)).not.toContain('s3cret');
    },
  );

  it('of production is proved without touching that of the sandbox', async () => {
    await tiktok.toSandbox();
    const before = tiktok.credentials;
    expect((await tiktok.portal('production-client')).outcome.outcome).toBe('done');
    expect(tiktok.credentials).toMatchObject(before);
    const wrong = { production_client_secret: 'wrong-s3cret' };
    expect((await tiktok.portal('production-client', wrong)).outcome.outcome).toBe('refused');
  });

  it('copied from the sandbox once more is taken with a word about it', async () => {
    await tiktok.toSandbox();
    const { client_key = '', client_secret = '' } = tiktok.credentials;
    const same = { production_client_key: client_key, production_client_secret: client_secret };
    expect(JSON.stringify((await tiktok.portal('production-client', same)).outcome)).toContain('of the sandbox');
  });

  it('that could not be checked stays open and is not blamed', async () => {
    tiktok.simulators.faults.add({ ...tokenPath, status: 503 });
    const { outcome } = await tiktok.portal('sandbox-client');
    expect(outcome).toMatchObject({ outcome: 'refused' });
    expect(JSON.stringify(outcome)).toContain('Try again');
    expect(outcome).not.toHaveProperty('field');
  });
});

describe('the consent link', () => {
  const link = (changes = {}): URL => {
    const credentials = { client_key: 'key', client_secret: 's3cret', ...changes };
    const request = { credentials, state: 'state & more', verifier };
    return findStep(platform, 'consent', 'consent').authorizationUrl(request, tiktok.context());
  };

  it('has a client key, commas, a slash at the end, and a challenge in hexadecimal digits', () => {
    expect(link().pathname).toBe('/www.tiktok.com/v2/auth/authorize/');
    expect(Object.fromEntries(link().searchParams)).toEqual({
      client_key: 'key',
      response_type: 'code',
      scope: 'user.info.basic,user.info.profile,video.upload,video.publish',
      redirect_uri: redirectUri,
      state: 'state & more',
      code_challenge: hexChallenge,
      code_challenge_method: 'S256',
    });
  });

  it('of a web client has no challenge', () => {
    expect(link({ client_platform: 'web' }).searchParams.has('code_challenge')).toBe(false);
  });

  it('of production names the production client', () => {
    const credentials = { client_key: 'sb', client_secret: 's', stage: 'sandbox' };
    const given = { ...credentials, production_client_key: 'prod', production_client_secret: 's' };
    const step = findStep(platform, 'consent', 'production-consent');
    const url = step.authorizationUrl({ credentials: given, state: 's', verifier }, tiktok.context());
    expect(url.searchParams.get('client_key')).toBe('prod');
    expect(() => step.authorizationUrl({ credentials, state: 's', verifier }, tiktok.context())).toThrow(
      'production_client_key',
    );
  });
});

describe('an exchange', () => {
  const exchange = async (code: string): Promise<StepOutcome> => {
    const step = findStep(platform, 'consent', 'consent');
    return (await step.exchange({ credentials: tiktok.credentials, code, verifier }, tiktok.context())).outcome;
  };
  beforeEach(() => tiktok.portal('sandbox-client'));

  it.each([
    ['invalid_grant', 'consent'],
    ['invalid_request', 'consent'],
    ['invalid_client', 'sandbox-client'],
    ['unauthorized_client', 'sandbox-client'],
  ])('that ends with %s leads back to %s', async (error, step) => {
    tiktok.simulators.faults.add({ ...tokenPath, status: 200, body: { error, error_description: 'x', log_id: 'y' } });
    expect(await exchange('code')).toMatchObject({ outcome: 'again', step });
  });

  it('does not blame the person for trouble at TikTok', async () => {
    tiktok.simulators.faults.add({ ...tokenPath, status: 500, body: {} });
    await expect(exchange('code')).rejects.toMatchObject({ failure: { kind: 'transient' } });
  });

  it('without a refresh token keeps nothing', async () => {
    tiktok.simulators.faults.add({ ...tokenPath, status: 200, body: { access_token: 'a', expires_in: 7200 } });
    expect(await exchange('code')).toMatchObject({ outcome: 'again', step: 'consent' });
  });
});

describe('a callback without a code', () => {
  const refused = (query: string): StepOutcome =>
    findStep(platform, 'consent', 'consent').refused(new URLSearchParams(query));

  it.each(callbackErrors)('is explained: $code', ({ code, remedy }) => {
    expect(refused(`error=${code}&error_description=x&state=s`)).toEqual({ outcome: 'refused', remedy });
    expect(refused(`errCode=${code}`)).toEqual({ outcome: 'refused', remedy });
  });

  it('of an unknown kind is refused without repeating it', () => {
    for (const query of ['error=%3Cscript%3E&error_description=script', '']) {
      expect(refused(query)).toMatchObject({ outcome: 'refused' });
      expect(JSON.stringify(refused(query))).not.toContain('script');
    }
  });

  it('comes of a person who cancels', async () => {
    await tiktok.portal('sandbox-client');
    const { outcome } = await tiktok.consent('consent', { approve: false });
    expect(outcome).toEqual({ outcome: 'refused', remedy: callbackErrors[0]?.remedy });
  });
});

describe('the automatic steps', () => {
  it('ask again for a permission that was switched off, with its consequence', async () => {
    await tiktok.portal('sandbox-client');
    await tiktok.consent('consent', { scopes: ['user.info.basic', 'video.upload'] });
    const { outcome } = await tiktok.run('scopes');
    expect(outcome).toMatchObject({ outcome: 'again', step: 'consent' });
    expect(JSON.stringify(outcome)).toContain('no video can be posted directly');
    expect((await tiktok.run('account')).outcome.outcome).toBe('done');
    expect(await tiktok.run('production-account')).toMatchObject({ outcome: { step: 'production-consent' } });
  });

  it('ask again when the token ended while the step waited', async () => {
    await tiktok.toSandbox();
    tiktok.simulators.clock.advance(3 * 3_600_000);
    expect((await tiktok.run('account')).outcome).toMatchObject({ outcome: 'again', step: 'consent' });
  });
});

describe('the account of a connection', () => {
  const two = [
    { name: 'creator', displayName: 'Creator', username: 'creator' },
    { name: 'other', displayName: 'Other', username: 'other' },
  ];

  it.each([true, false])('must be the same in production, union_id known: %s', async (hasUnionId) => {
    tiktok.set({ accounts: two.map((account) => ({ ...account, hasUnionId })) });
    await tiktok.toSandbox();
    const before = tiktok.credentials;
    await expect(tiktok.toProduction({ account: 'other' })).rejects.toThrow('Another TikTok account');
    expect(tiktok.credentials).toMatchObject(before);
    await platform.refresh(tiktok.credentials, tiktok.context());
    const result = await tiktok.consent('production-consent', { account: 'creator' });
    expect(result.outcome.outcome).toBe('done');
    expect(JSON.stringify(result.outcome).includes('display name')).toBe(!hasUnionId);
  });

  it('must be the same when it is reconnected, and what a stranger granted is revoked', async () => {
    tiktok.set({ accounts: two, targetUsers: ['creator', 'other'] });
    await tiktok.toSandbox();
    const result = await tiktok.consent('consent', { account: 'other' });
    expect(result).toMatchObject({ outcome: { outcome: 'again', step: 'consent' } });
    expect(result.save).toBeUndefined();
    expect(tiktok.simulators.requests.list({ path: '/v2/oauth/revoke/' })).toHaveLength(1);
  });
});
