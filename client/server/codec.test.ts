import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { codecKey, fullKey, testSettings } from '../../test/clients.ts';
import { askServer, createTestServer, type TestAnswer, type TestRequest, type TestServer } from '../../test/server.ts';
import { createTestStore, newKey, type TestStore } from '../../test/store.ts';
import { parseKeyRing } from '../../store/index.ts';
import { createPayloadCodec } from '../../store/payload-codec.ts';

const [older, newer] = [newKey('k1'), newKey('k2')];
const [uiOrigin = ''] = testSettings.temporalUiOrigins;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const plain = { metadata: { encoding: base64('json/plain') }, data: base64('"what a history says"') };
const answerSchema = z.object({
  payloads: z.array(z.object({ metadata: z.record(z.string(), z.string()), data: z.string() })),
});

let database: TestStore;
let server: TestServer;

beforeAll(async () => {
  database = await createTestStore();
  const payloadCodec = createPayloadCodec(parseKeyRing([newer, older]));
  server = createTestServer({ store: database.store, platforms: [], payloadCodec });
});
afterAll(async () => {
  await server.close();
  await database.close();
});

const ask = (act: string, request: Omit<TestRequest, 'method'>): Promise<TestAnswer> =>
  askServer(server, `/codec/${act}`, { method: 'POST', key: codecKey, ...request });

test('what is encoded shows nothing, and decodes to what it was', async () => {
  const encoded = await ask('encode', { body: { payloads: [plain, plain] } });
  expect(encoded.status).toBe(200);
  const { payloads } = answerSchema.parse(encoded.body);
  expect(payloads).toHaveLength(2);
  expect(payloads[0]?.metadata).toEqual({
    encoding: base64('binary/encrypted'),
    'encryption-key-id': base64('k2'),
  });
  expect(Buffer.from(payloads[0]?.data ?? '', 'base64').toString('latin1')).not.toContain('history');
  const decoded = await ask('decode', { body: { payloads } });
  expect(decoded.body).toEqual({ payloads: [plain, plain] });
  expect(decoded.headers.get('cache-control')).toBe('no-store');
});

test('payloads of an older key open, plain ones and those without a key stay as they are', async () => {
  const encodedBy = async (key: typeof older): Promise<unknown> => {
    const payloadCodec = createPayloadCodec(parseKeyRing([key]));
    const other = createTestServer({ store: database.store, platforms: [], payloadCodec });
    const request = { method: 'POST', key: codecKey, body: { payloads: [plain] } };
    const { body } = await askServer(other, '/codec/encode', request);
    await other.close();
    return answerSchema.parse(body).payloads[0];
  };
  const [old, lost] = await Promise.all([encodedBy(older), encodedBy(newKey('lost'))]);
  const decoded = await ask('decode', { body: { payloads: [old, plain, lost] } });
  expect(decoded.body).toEqual({ payloads: [plain, plain, lost] });
});

test('nothing is opened without a key that may', async () => {
  const body = { payloads: [plain] };
  for (const act of ['decode', 'encode']) {
    expect((await ask(act, { key: null, body })).status).toBe(401);
    expect((await ask(act, { key: 'guessed', body })).status).toBe(401);
    // Whoever may read tokens may not read histories.
    expect((await ask(act, { key: fullKey, body })).status).toBe(403);
  }
  expect(await ask('decode', { body: 'no json' })).toMatchObject({ status: 422 });
  expect(await ask('decode', { body: { payloads: [{ data: '!' }] } })).toMatchObject({ status: 422 });
});

test('pages of the Temporal UI may ask from a browser that was given the key, other pages may not', async () => {
  const basic = `Basic ${base64(`anybody:${codecKey}`)}`;
  const headers = { Origin: uiOrigin, 'Sec-Fetch-Site': 'same-site', Authorization: basic };
  const answer = await ask('decode', { key: null, headers, body: { payloads: [plain] } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe(uiOrigin);
  expect(answer.headers.get('access-control-allow-credentials')).toBe('true');

  const foreign = { ...headers, Origin: 'http://localhost:3000' };
  const refused = await ask('decode', { key: null, headers: foreign, body: { payloads: [plain] } });
  expect(refused.status).toBe(403);
  expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  // The UI's pages may ask the codec and nothing else.
  const elsewhere = { method: 'POST', headers: { Origin: uiOrigin }, body: { platform: 'youtube' } };
  expect((await askServer(server, '/v1/onboardings', elsewhere)).status).toBe(403);
  expect((await askServer(server, '/v1/connections', { key: null, headers: { Authorization: basic } })).status).toBe(
    401,
  );
});

test('a browser is asked for the key on a page of its own', async () => {
  const asked = await server.app.request('/codec');
  expect(asked.status).toBe(401);
  expect(asked.headers.get('www-authenticate')).toMatch(/^Basic /);
  const given = await server.app.request('/codec', { headers: { Authorization: `Basic ${base64(`:${codecKey}`)}` } });
  expect(given.status).toBe(200);
  const preflight = await server.app.request('/codec/decode', {
    method: 'OPTIONS',
    headers: {
      Origin: uiOrigin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type,x-namespace',
    },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBe(uiOrigin);
  expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('x-namespace');
});
