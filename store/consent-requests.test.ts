import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestStore, openActive, type TestStore } from '../test/store.ts';

let tested: TestStore;
let connectionId: string;
beforeAll(async () => {
  tested = await createTestStore();
  connectionId = (await openActive(tested.store)).id;
});
afterAll(() => tested.close());

const redirectUri = 'http://localhost:8422/callback';
const verifier = 'verifier-of-the-browser';

interface Link {
  readonly id: string;
  readonly state: string;
  readonly browser: string;
}

async function create(lifetimeMs = 600_000): Promise<Link> {
  const [state, browser] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
  const request = { connectionId, state, browser, verifier, redirectUri, lifetimeMs };
  return { id: await tested.store.consentRequests.create(request), state, browser };
}

test('of twenty who answer the same link at once, one is let in', async () => {
  const link = await create();
  const answers = Array.from({ length: 20 }, (_, index) =>
    tested.store.consentRequests.spend({ ...link, code: `code-${index}` }),
  );
  const admitted = (await Promise.all(answers)).filter((answer) => answer !== null);
  expect(admitted).toEqual([{ id: link.id, connectionId, redirectUri }]);
});

test('the code and the verifier are given out once, even to twenty who ask at once', async () => {
  const link = await create();
  await tested.store.consentRequests.spend({ ...link, code: 'code-1' });
  const taken = await Promise.all(Array.from({ length: 20 }, () => tested.store.consentRequests.takeCode(link.id)));
  expect(taken.filter((one) => one !== null)).toEqual([{ code: 'code-1', verifier, redirectUri, connectionId }]);
  const { rows } = await tested.admin.query('select code, verifier from connector.consent_requests where id = $1', [
    link.id,
  ]);
  expect(rows).toEqual([{ code: null, verifier: '' }]);
});

test('a made-up state is nobody’s', async () => {
  expect(await tested.store.consentRequests.spend({ state: 'made-up', browser: 'any', code: 'code' })).toBeNull();
});

test('a link sent to another browser does not work there, and still works in its own', async () => {
  const link = await create();
  expect(await tested.store.consentRequests.spend({ ...link, browser: 'of the victim', code: 'code' })).toBeNull();
  expect(await tested.store.consentRequests.spend({ ...link, code: 'code' })).not.toBeNull();
});

test('a link ends with its lifetime', async () => {
  const link = await create(20);
  await sleep(50);
  expect(await tested.store.consentRequests.spend({ ...link, code: 'code' })).toBeNull();
});

test('a person who declines spends the link, and there is no code to take', async () => {
  const link = await create();
  expect(await tested.store.consentRequests.spend({ ...link, code: null })).not.toBeNull();
  expect(await tested.store.consentRequests.takeCode(link.id)).toBeNull();
  expect(await tested.store.consentRequests.spend({ ...link, code: 'code' })).toBeNull();
});

test('a code cannot be taken before its link was answered', async () => {
  expect(await tested.store.consentRequests.takeCode((await create()).id)).toBeNull();
});

test('the table shows neither state nor browser, verifier or code', async () => {
  const link = await create();
  await tested.store.consentRequests.spend({ ...link, code: 'code-in-the-open' });
  const { rows } = await tested.admin.query<{ text: string }>(
    'select r::text as text from connector.consent_requests r where id = $1',
    [link.id],
  );
  const text = rows[0]?.text ?? '';
  expect(text).toContain(link.id);
  for (const secret of [link.state, link.browser, verifier, 'code-in-the-open']) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('hex'));
  }
});

test('revoking a connection takes its open links away', async () => {
  const connection = await openActive(tested.store);
  const request = { connectionId: connection.id, state: 'state-r', browser: 'browser-r', verifier, redirectUri };
  await tested.store.consentRequests.create({ ...request, lifetimeMs: 60_000 });
  await tested.store.connections.revoke(connection.id, 'disconnected');
  expect(await tested.store.consentRequests.spend({ ...request, code: 'code' })).toBeNull();
});
