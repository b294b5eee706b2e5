import { expect, test } from 'vitest';
import type { ConnectionReport } from '../../model/connection.ts';
import { formatInstant } from '../format-instant.ts';
import { statusTable } from './status-table.ts';

const now = new Date('2026-11-23T12:00:00Z');

test.each([
  [null, 'never'],
  ['2026-11-23T12:00:30Z', 'in 30 s'],
  ['2026-11-23T12:58:00Z', 'in 58 min'],
  ['2026-11-23T11:00:00Z', '60 min ago'],
  ['2026-11-24T10:00:00Z', 'in 22 h'],
  ['2027-01-22T12:00:00Z', 'in 60 days'],
])('%s is told as "%s"', (instant, told) => {
  expect(formatInstant(instant, now)).toBe(told);
});

const report: ConnectionReport = {
  ...{ id: 'i', owner: 'default', platform: 'youtube', accountId: 'UC1', accountName: 'My Channel' },
  ...{ status: 'active', statusReason: null, mode: 'live', capabilities: ['post'], healthy: true },
  scopes: ['https://www.googleapis.com/auth/youtube.upload'],
  ...{ expiresAt: '2026-11-23T12:58:00Z', refreshExpiresAt: null, consentExpiresAt: null },
  ...{ nextRefreshAt: '2026-11-23T12:46:00Z', lastRefreshAt: null },
};

test('the table shows account, status, mode, scopes and instants without colours', () => {
  const drawn = statusTable([report], now);
  for (const word of ['youtube', 'My Channel', 'active', 'live', 'youtube.upload', 'in 58 min', 'in 46 min']) {
    expect(drawn).toContain(word);
  }
  expect(drawn).not.toContain('\u001b');
});

test('the table says why a person is needed', () => {
  const drawn = statusTable([{ ...report, status: 'needs_consent', statusReason: 'invalid_grant' }], now);
  expect(drawn).toContain('needs_consent: invalid_grant');
});

test('a paused connection looks different, and tells no time of a refresh that will not come', () => {
  const drawn = statusTable([report], now, { paused: new Set(['i']) });
  expect(drawn).toContain('active (paused)');
  expect(drawn).not.toContain('in 46 min');
  expect(statusTable([report], now, { paused: new Set(['other']) })).not.toContain('paused');
});

test('an empty table says how to begin', () => {
  expect(statusTable([], now)).toContain('connector connect');
});
