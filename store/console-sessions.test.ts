import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestStore, type TestStore } from '../test/store.ts';
import { consoleLifetimes, type ConsoleSessions } from './console-sessions.ts';

let tested: TestStore;
let sessions: ConsoleSessions;
beforeAll(async () => {
  tested = await createTestStore();
  sessions = tested.store.consoleSessions;
});
afterAll(() => tested.close());

async function signIn(): Promise<string> {
  const session = await sessions.redeem((await sessions.invite()).ticket);
  if (session === null) throw new Error('A fresh ticket did not work.');
  return session;
}

async function everything(): Promise<string> {
  const { rows } = await tested.admin.query<{ text: string }>(
    'select t::text as text from connector.login_tickets t union all select s::text from connector.console_sessions s',
  );
  return rows.map(({ text }) => text).join('\n');
}

test('of twenty who open one link at once, one is signed in', async () => {
  const { ticket } = await sessions.invite();
  const given = await Promise.all(Array.from({ length: 20 }, () => sessions.redeem(ticket)));
  expect(given.filter((session) => session !== null)).toHaveLength(1);
  expect(await sessions.redeem(ticket)).toBeNull();
});

test('a link works for ten minutes, and not a moment longer than it was made for', async () => {
  const { expiresAt } = await sessions.invite();
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(9.5 * 60_000);
  expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(10 * 60_000 + 1_000);
  const { ticket } = await sessions.invite(20);
  await sleep(50);
  expect(await sessions.redeem(ticket)).toBeNull();
});

test('what nobody was given opens nothing', async () => {
  for (const made of ['', 'guessed', 'A'.repeat(43), '%00', 'x'.repeat(100_000)]) {
    expect(await sessions.redeem(made)).toBeNull();
    expect(await sessions.see(made)).toBe(false);
  }
  // A ticket is no session, and a session no ticket.
  const { ticket } = await sessions.invite();
  expect(await sessions.see(ticket)).toBe(false);
  expect(await sessions.redeem(await signIn())).toBeNull();
});

test('a session ends when its time is over, when nobody was there for long, and when its person says so', async () => {
  const { ticket } = await sessions.invite();
  const brief = await sessions.redeem(ticket, { lifetimeMs: 20 });
  const [idle, ended] = [await signIn(), await signIn()];
  expect(await sessions.see(ended)).toBe(true);
  await sleep(50);
  expect(await sessions.see(brief ?? '')).toBe(false);
  expect(await sessions.see(idle, 20)).toBe(false);
  expect(await sessions.see(idle)).toBe(true);
  await sessions.end(ended);
  expect(await sessions.see(ended)).toBe(false);
  expect(consoleLifetimes).toMatchObject({ idleMs: 3_600_000, sessionMs: 12 * 3_600_000 });
});

test('a session that is seen does not count as idle', async () => {
  const session = await signIn();
  for (let times = 0; times < 4; times += 1) {
    await sleep(60);
    expect(await sessions.see(session, 200)).toBe(true);
  }
});

test('signing in gives a session of its own, and ends the one that the browser brought', async () => {
  const former = await signIn();
  const wrong = await sessions.redeem('A'.repeat(43), { instead: former });
  expect(wrong).toBeNull();
  expect(await sessions.see(former)).toBe(true);
  const { ticket } = await sessions.invite();
  const session = await sessions.redeem(ticket, { instead: former });
  expect(session).not.toBe(former);
  expect(await sessions.see(former)).toBe(false);
  expect(await sessions.see(session ?? '')).toBe(true);
});

test('whoever reads the tables can come in by nothing that stands there', async () => {
  const { ticket } = await sessions.invite();
  const session = await signIn();
  const text = await everything();
  expect(text).not.toBe('');
  for (const secret of [ticket, session]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('hex'));
  }
  for (const [, digest = ''] of text.matchAll(/\\x([0-9a-f]{64})/g)) {
    expect(await sessions.see(Buffer.from(digest, 'hex').toString('base64url'))).toBe(false);
  }
});

test('all sessions end at once, and the links that nobody has used with them', async () => {
  await sessions.endAll();
  const { ticket } = await sessions.invite();
  const [one, other] = [await signIn(), await signIn()];
  expect(await sessions.endAll()).toBe(2);
  for (const session of [one, other]) expect(await sessions.see(session)).toBe(false);
  expect(await sessions.redeem(ticket)).toBeNull();
  expect(await sessions.see(await signIn())).toBe(true);
});

test('what is over does not pile up', async () => {
  const { ticket } = await sessions.invite();
  await sessions.redeem(ticket, { lifetimeMs: 1 });
  await sessions.invite(1);
  await sleep(20);
  await sessions.redeem((await sessions.invite()).ticket);
  await sessions.invite();
  const { rows } = await tested.admin.query(
    'select 1 from connector.login_tickets where expires_at < now() union all select 1 from connector.console_sessions where expires_at < now()',
  );
  expect(rows).toEqual([]);
});
