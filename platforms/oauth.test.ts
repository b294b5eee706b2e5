import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { challengeBase64url, challengeHex, createVerifier, joinScopes, splitScopes } from './oauth.ts';

const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

describe('PKCE', () => {
  it('makes the challenge of RFC 7636, appendix B', () => {
    expect(challengeBase64url(verifier)).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
  });

  it('makes the hexadecimal challenge that TikTok wants', () => {
    expect(challengeHex(verifier)).toBe('13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3');
  });

  it('makes verifiers that the RFC allows and that never repeat', () => {
    const verifiers = Array.from({ length: 50 }, createVerifier);
    expect(new Set(verifiers).size).toBe(50);
    for (const one of verifiers) expect(one).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
  });
});

describe('scopes', () => {
  it('survive joining and splitting', () => {
    const scope = fc.stringMatching(/^[a-z:/._]{1,30}$/);
    fc.assert(
      fc.property(fc.uniqueArray(scope), fc.constantFrom(' ' as const, ',' as const), (scopes, separator) => {
        expect(splitScopes(joinScopes(scopes, separator), separator)).toEqual(scopes);
      }),
    );
  });

  it('are read once each, whatever the spacing', () => {
    expect(splitScopes('  a  b a ', ' ')).toEqual(['a', 'b']);
    expect(splitScopes('a, b,', ',')).toEqual(['a', 'b']);
    expect(splitScopes('', ' ')).toEqual([]);
  });

  it('refuses a scope that would ask for something else', () => {
    expect(() => joinScopes(['a b'], ' ')).toThrow(RangeError);
    expect(() => joinScopes([''], ',')).toThrow(RangeError);
  });
});
