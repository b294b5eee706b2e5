import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { facebookFetch, type FacebookFetch } from './client.ts';
import { openTestPerson, type TestPerson } from './test-person.ts';

let person: TestPerson;
let call: FacebookFetch;
let asked: number;
beforeEach(async () => {
  person = await openTestPerson();
  await person.connect();
  person.simulators.requests.clear();
  asked = 0;
  const { page_access_token: token = '', app_secret: appSecret = '' } = person.kept.credentials;
  const getAccessToken = (): Promise<string> => {
    asked += 1;
    return Promise.resolve(token);
  };
  call = facebookFetch({ getAccessToken, appSecret, network: person.network });
});
afterEach(() => person.close());

describe('the fetch for users of the SDK', () => {
  it('names the version, and asks for a valid token at each request', async () => {
    for (const path of ['me?fields=id', '/me?fields=id', 'https://graph.facebook.com/v25.0/me?fields=id']) {
      expect((await call(path)).status).toBe(200);
    }
    expect(asked).toBe(3);
    const paths = person.simulators.requests.list({}).map(({ path }) => path);
    expect(new Set(paths)).toEqual(new Set(['/v25.0/me']));
  });

  it('takes an address of Meta without the token that stands in it', async () => {
    const next = 'https://graph.facebook.com/v25.0/me?fields=id&access_token=EAAother&appsecret_proof=00';
    expect((await call(next)).status).toBe(200);
    expect(JSON.stringify(person.simulators.requests.list({}))).not.toContain('access_token');
  });

  it.each(['https://example.com/me', 'http://graph.facebook.com/me', 'https://graph.facebook.com.example.com/'])(
    'sends the token to nobody else: %s',
    async (address) => {
      await expect(call(address)).rejects.toThrow(TypeError);
      expect(asked).toBe(0);
    },
  );

  it.each<[string, Record<string, string> | [string, string][] | Headers]>([
    ['a record', { 'x-own': '1' }],
    ['pairs', [['x-own', '1']]],
    ['Headers', new Headers({ 'x-own': '1' })],
  ])('keeps headers given as %s, beside its own', async (_what, headers) => {
    expect((await call('me?fields=id', { headers: [...new Headers(headers)] })).status).toBe(200);
  });

  it('passes on why there is no token', async () => {
    const needsConsent = new Error('needs consent');
    const failing = facebookFetch({ getAccessToken: () => Promise.reject(needsConsent), network: person.network });
    await expect(failing('me')).rejects.toBe(needsConsent);
  });
});
