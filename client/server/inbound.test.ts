import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { loadPlatforms } from '../../platforms/load.ts';
import { createTestServer } from '../../test/server.ts';
import type { TestServer } from '../../test/server.ts';
import { createTestStore, openActive } from '../../test/store.ts';
import type { TestStore } from '../../test/store.ts';

let database: TestStore;
let server: TestServer;
const revoked: string[] = [];

beforeAll(async () => {
  database = await createTestStore();
  server = createTestServer({
    store: database.store,
    platforms: await loadPlatforms(),
    orchestration: {
      revoke: ({ id }) => {
        revoked.push(id);
        return Promise.resolve();
      },
    },
  });
});

afterAll(async () => {
  await server.close();
  await database.close();
});

const appSecret = 'secret-of-the-meta-app';

function signedRequest(payload: object, secret: string): URLSearchParams {
  const body = Buffer.from(JSON.stringify(payload)).toString('base64url');
  const signature = createHmac('sha256', secret).update(body).digest('base64url');
  return new URLSearchParams({ signed_request: `${signature}.${body}` });
}

async function connected(userId: string): Promise<string> {
  const facts = await openActive(database.store, { platform: 'facebook', credentials: {} });
  const readable = ['app_id', 'user_id'];
  const credentials = { app_id: '123', app_secret: appSecret, user_id: userId };
  await database.store.connections.saveGrant({
    connectionId: facts.id,
    version: facts.version,
    grant: { credentials },
    readable,
  });
  return facts.id;
}

const call = (name: string, body: URLSearchParams): Response | Promise<Response> =>
  server.app.request(`/inbound/facebook/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
  });

test('a person who removes the app at the platform is disconnected here, and nobody else is', async () => {
  const mine = await connected('777');
  await connected('888');
  const payload = { algorithm: 'HMAC-SHA256', user_id: '777', issued_at: Math.floor(Date.now() / 1000) };
  const answer = await call('deauthorize', signedRequest(payload, appSecret));
  expect(answer.status).toBe(200);
  expect(revoked).toEqual([mine]);
});

test('a forged call changes nothing', async () => {
  revoked.length = 0;
  await connected('999');
  const payload = { algorithm: 'HMAC-SHA256', user_id: '999', issued_at: Math.floor(Date.now() / 1000) };
  const answer = await call('deauthorize', signedRequest(payload, 'somebody-elses-secret'));
  expect(answer.status).toBe(400);
  expect(revoked).toEqual([]);
});

test('a deletion request is answered with an address that serves a page, and a code', async () => {
  await connected('555');
  const payload = { algorithm: 'HMAC-SHA256', user_id: '555', issued_at: Math.floor(Date.now() / 1000) };
  const answer = await call('data-deletion', signedRequest(payload, appSecret));
  const body = z.object({ url: z.string(), confirmation_code: z.string() }).parse(await answer.json());
  expect(body.url).toContain('/inbound/facebook/data-deletion');
  expect(body.confirmation_code).not.toBe('');
  const page = await server.app.request('/inbound/facebook/data-deletion?code=x');
  expect(page.status).toBe(200);
});

test.each(['constructor', '__proto__', 'toString'])(
  'nothing is called %s, whatever objects have by that name',
  async (name) => {
    expect((await call(name, new URLSearchParams())).status).toBe(404);
    expect((await server.app.request(`/inbound/facebook/${name}`)).status).toBe(404);
  },
);
