import { describe, expect, it } from 'vitest';
import { capabilitiesOf, missingScopes, neededScopes } from './scopes.ts';

const base = 'https://www.googleapis.com/auth/';

describe('capabilities', () => {
  it.each([
    [['youtube.upload'], ['post']],
    [['youtube.readonly'], ['read']],
    [
      ['youtube.upload', 'youtube.readonly'],
      ['post', 'read'],
    ],
    [['youtube'], ['post', 'read', 'delete']],
    [['youtube.force-ssl'], ['post', 'read', 'delete']],
    [['yt-analytics.readonly'], ['analytics']],
    [['drive', 'openid'], []],
    [[], []],
  ])('%j can %j', (scopes, capabilities) => {
    expect(capabilitiesOf(scopes.map((scope) => base + scope))).toEqual(capabilities);
  });
});

describe('missing scopes', () => {
  it('are told whatever scopes Google names, also those that every object has', () => {
    expect(missingScopes(['constructor', '__proto__'])).toEqual(neededScopes);
  });

  it('are all before the first consent and none after a full one', () => {
    expect(missingScopes([])).toEqual(neededScopes);
    expect(missingScopes(neededScopes.map(({ scope }) => scope))).toEqual([]);
  });

  it('do not include what a wider scope covers', () => {
    expect(missingScopes([`${base}youtube`])).toEqual([]);
  });
});
