import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Finding } from '../platform.ts';
import { platform } from './index.ts';
import { openTestConnection, type TestConnection } from './test-connection.ts';

let x: TestConnection;
beforeEach(async () => {
  x = await openTestConnection();
});
afterEach(() => x.close());

async function examine(
  changes: { credentials?: object; clock?: { now: () => Date } } = {},
): Promise<readonly Finding[]> {
  const { clock = x.simulators.clock } = changes;
  return platform.examine!({ ...x.credentials, ...changes.credentials }, { ...x.context(), clock });
}

async function broken(changes?: Parameters<typeof examine>[0]): Promise<readonly string[]> {
  const findings = await examine(changes);
  for (const { ok, remedy } of findings) expect(ok || remedy !== undefined).toBe(true);
  return findings.filter(({ ok }) => !ok).map(({ check }) => check);
}

it('finds nothing wrong with a connection that works, and shows what it saw', async () => {
  await x.connectSigned();
  const findings = await examine();
  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual(['account', 'clock', 'access level', 'capabilities', 'usage']);
  const evidence = findings.map((finding) => finding.evidence).join(' ');
  for (const part of ['@creator', '0 s apart', 'read-write', 'post, read, delete', '0 of 3000000']) {
    expect(evidence).toContain(part);
  }
});

it('finds a token that may only read, a dead one, a dead bearer token, and empty credits', async () => {
  await x.connectSigned();
  x.set({ permission: 'read', newAccessToken: true });
  const { 'access-token': reading } = x.x.answers().steps;
  expect(await broken({ credentials: { ...reading } })).toEqual(['access level']);
  expect(await broken({ credentials: { access_token: '1-dead' } })).toEqual(['account']);
  expect(await broken({ credentials: { ...reading, bearer_token: 'dead' } })).toContain('usage');
  x.set({ creditsUsd: 0 });
  expect(await broken({ credentials: { ...reading } })).toEqual(['account', 'usage']);
});

it('finds a clock that is off, where X still takes it', async () => {
  await x.connectSigned();
  x.set({ clockToleranceSeconds: 3_600 });
  const clock = { now: () => new Date(x.simulators.clock.now().getTime() + 400_000) };
  expect(await broken({ clock })).toEqual(['clock']);
});

it('compares scopes with what they are for, and asks nothing with an access token that has ended', async () => {
  await x.connectGranted();
  x.scopes = x.scopes.filter((scope) => scope !== 'tweet.write');
  expect(await broken()).toEqual(['capabilities', 'scope tweet.write']);
  x.simulators.clock.advance(3 * 3_600_000);
  const before = x.calls('/2/users/me');
  const [account] = await examine();
  expect(account).toMatchObject({ check: 'account', ok: true });
  expect(x.calls('/2/users/me')).toBe(before);
});
