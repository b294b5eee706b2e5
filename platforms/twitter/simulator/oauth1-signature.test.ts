import fc from 'fast-check';
import { OAuth1Helper } from 'twitter-api-v2/dist/cjs/client-mixins/oauth1.helper.js';
import { describe, expect, it } from 'vitest';
import {
  isSignedWith,
  percentEncode,
  readAuthorization,
  signatureBase,
  type SignedRequest,
} from './oauth1-signature.ts';

/** The example of X's own documentation; its signature is the one printed there. */
const documented = {
  method: 'POST',
  url: new URL('https://api.x.com/1.1/statuses/update.json?include_entities=true'),
  form: [['status', 'Hello Ladies + Gentlemen, a signed OAuth request!']] as const,
  header:
    'OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", ' +
    'oauth_signature="Ls93hJiZbQ3akF3HF3x1Bz8%2FzU4%3D", oauth_signature_method="HMAC-SHA1", ' +
    'oauth_timestamp="1318622958", oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", oauth_version="1.0"',
  secrets: {
    consumer: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
    token: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
  },
};

function signed(header: string, request: Omit<SignedRequest, 'authorization'>): SignedRequest {
  const authorization = readAuthorization(header);
  if (authorization === null) throw new Error('not an OAuth header');
  return { ...request, authorization };
}

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const parameters = fc.dictionary(
  word.filter((name) => !name.startsWith('oauth_') && name !== '__proto__'),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  { maxKeys: 6 },
);
const secret = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });

describe('the signature', () => {
  it('of the documented example is the documented one', () => {
    const { header, secrets, ...request } = documented;
    expect(isSignedWith(signed(header, request), secrets)).toBe(true);
    expect(isSignedWith(signed(header, request), { ...secrets, token: 'other' })).toBe(false);
  });

  it('is that of twitter-api-v2, whatever the parameters and secrets', () => {
    fc.assert(
      fc.property(parameters, parameters, secret, secret, (query, form, consumer, token) => {
        const url = new URL('https://api.x.com/2/tweets');
        const search = Object.entries(query).map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`);
        url.search = search.join('&');
        const names = Object.keys(query);
        // A name in both places is one that the library signs once, and nobody sends.
        const own = Object.entries(form).filter(([name]) => !names.includes(name));
        const helper = new OAuth1Helper({ consumerKeys: { key: 'the key', secret: consumer } });
        const data = { ...query, ...Object.fromEntries(own) };
        const info = helper.authorize(
          { url: `${url.origin}${url.pathname}`, method: 'post', data },
          { key: '1-t', secret: token },
        );
        const request = signed(helper.toHeader(info).Authorization, { method: 'POST', url, form: own });
        expect(isSignedWith(request, { consumer, token })).toBe(true);
        expect(isSignedWith({ ...request, method: 'GET' }, { consumer, token })).toBe(false);
        expect(isSignedWith({ ...request, form: [...own, ['more', '1']] }, { consumer, token })).toBe(false);
      }),
    );
  });

  it('covers a token that stands in header and body once', () => {
    const { header, ...request } = documented;
    const repeated = ['oauth_token', '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb'] as const;
    const once = signatureBase(signed(header, request));
    expect(signatureBase(signed(header, { ...request, form: [...request.form, repeated] }))).toBe(once);
  });

  it('sorts by bytes, and repeated names by their values', () => {
    const url = new URL('https://api.x.com/2/x?b=2&a_=1&aB=3&b=10&a=%20');
    const base = decodeURIComponent(signatureBase({ method: 'get', url, form: [], authorization: new Map() }));
    expect(base).toBe('GET&https://api.x.com/2/x&a=%20&aB=3&a_=1&b=10&b=2');
  });
});

describe('the Authorization header', () => {
  it.each([null, 'Bearer x', 'OAuth ', 'OAuth a', 'OAuth a="1",a="2"', 'OAuth a="%zz"'])('%j is none', (header) => {
    expect(readAuthorization(header)).toBeNull();
  });
});
