import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { InboundAnswer } from '../platform.ts';
import { platform } from './index.ts';

const apps = [
  { app_id: '1', app_secret: 'other-s3cret' },
  { app_id: '2', app_secret: 'app-s3cret' },
];
const payload = { algorithm: 'HMAC-SHA256', issued_at: 1_795_435_200, user_id: '777' };

function sign(content: unknown, secret = 'app-s3cret'): string {
  const encoded = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${createHmac('sha256', secret).update(encoded).digest('base64url')}.${encoded}`;
}

function call(name: string, signedRequest: string): InboundAnswer | undefined {
  const body = new URLSearchParams({ signed_request: signedRequest }).toString();
  const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded' });
  return platform.inbound?.[name]?.({ body, headers, apps, publicUrl: 'https://connector.example' });
}

describe('a signed request of Meta', () => {
  it('to deauthorize ends the connections of that person', () => {
    const revoke = { field: 'user_id', value: '777', reason: expect.any(String) as unknown };
    expect(call('deauthorize', sign(payload))).toEqual({ status: 200, body: {}, revoke });
    expect(platform.readableFields).toContain('user_id');
  });

  it('to delete data is answered with an address and a code, the same when it is repeated', () => {
    const answer = call('data-deletion', sign(payload));
    expect(answer).toMatchObject({ status: 200, revoke: { field: 'user_id', value: '777' } });
    const { url = '', confirmation_code: code } = answer?.body ?? {};
    expect(code).toMatch(/^[0-9a-f]{24}$/);
    expect(new URL(url).origin).toBe('https://connector.example');
    expect(new URL(url).searchParams.get('code')).toBe(code);
    expect(call('data-deletion', sign(payload))?.body).toEqual(answer?.body);
    expect(JSON.stringify(answer?.body)).not.toContain('777');
  });

  const [signature = '', encoded = ''] = sign(payload).split('.');
  it.each([
    ['a signature of somebody else', sign(payload, 'forged')],
    ['another payload under a right signature', `${signature}.${encoded}x`],
    ['a cut signature', `${signature.slice(0, -2)}.${encoded}`],
    ['no signature', `.${encoded}`],
    ['another algorithm', sign({ ...payload, algorithm: 'none' })],
    ['no algorithm', sign({ user_id: '777' })],
    ['no person', sign({ algorithm: 'HMAC-SHA256' })],
    ['a person that is no id', sign({ ...payload, user_id: "' or 1=1" })],
    ['three parts', `${sign(payload)}.x`],
    ['nothing', ''],
  ])('is refused, and nothing ends, with %s', (_what, signedRequest) => {
    for (const name of ['deauthorize', 'data-deletion']) {
      const answer = call(name, signedRequest);
      expect(answer?.status).toBe(400);
      expect(answer).not.toHaveProperty('revoke');
    }
  });

  it('is read from JSON too, and refused when there is none', () => {
    const json = (body: string): InboundAnswer | undefined =>
      platform.inbound?.['deauthorize']?.({
        body,
        headers: new Headers({ 'content-type': 'application/json' }),
        apps,
        publicUrl: 'https://connector.example',
      });
    expect(json(JSON.stringify({ signed_request: sign(payload) }))?.status).toBe(200);
    for (const body of ['{', 'null', '{"signed_request":1}']) expect(json(body)?.status).toBe(400);
  });
});
