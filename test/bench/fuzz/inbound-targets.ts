import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { judgeUndescribed } from './api-answers.ts';
import { encoded, rawEscapes } from './api-inputs.ts';
import { defineTarget, type Target } from './target.ts';
import { damaged, hostileDocument, hostileText, inheritedNames } from './hostile-values.ts';
import { fine, trouble } from './outcome.ts';
import { metaApp, type Scene } from './scene.ts';

const area = 'inbound';
const names = ['deauthorize', 'data-deletion'];

interface Signed {
  readonly value: string;
  /** By the app's own secret, in the one shape that is taken. */
  readonly isGenuine: boolean;
}

/** Calls that only a platform may make: signed by somebody else, mangled, or about nobody here. */
export function inboundWithoutAuthority(scene: Scene): readonly Target[] {
  return [signedCalls(scene), oddPlaces(scene)];
}

/** Calls that are signed as they must be, about a person who is connected here. */
export function inboundWithAuthority(scene: Scene): readonly Target[] {
  const call = fc.record({ name: fc.constantFrom(...names), issuedAt: fc.nat() });
  const target = defineTarget({ area, name: 'genuine', weight: 0.2 }, call, async ({ name, issuedAt }) => {
    const payload = { algorithm: 'HMAC-SHA256', user_id: metaApp.user_id, issued_at: issuedAt };
    const body = new URLSearchParams({ signed_request: sign(JSON.stringify(payload), metaApp.app_secret) });
    return judgeUndescribed(await scene.ask(posted(name, body.toString(), form)));
  });
  return [target];
}

const form = 'application/x-www-form-urlencoded';

function posted(
  name: string,
  body: string,
  type: string,
): { method: string; path: string; headers: Record<string, string>; body: string } {
  return { method: 'POST', path: `/inbound/facebook/${name}`, headers: { 'content-type': type }, body };
}

function sign(payload: string, secret: string): string {
  const text = Buffer.from(payload).toString('base64url');
  return `${createHmac('sha256', secret).update(text).digest('base64url')}.${text}`;
}

const stranger = fc.integer({ min: 1, max: 2 ** 31 }).map((n) => `9${String(n)}`);
const wellShaped = stranger.map((id) =>
  JSON.stringify({ algorithm: 'HMAC-SHA256', user_id: id, issued_at: 1_795_435_200 }),
);
const misshapen = fc.oneof(
  hostileDocument,
  fc
    .constantFrom('HMAC-SHA1', 'none', 'hmac-sha256', '', null, 1)
    .map((algorithm) => JSON.stringify({ algorithm, user_id: '1' })),
  hostileText
    .filter((id) => !/^\d{1,32}$/.test(id))
    .map((id) => JSON.stringify({ algorithm: 'HMAC-SHA256', user_id: id })),
  fc.constantFrom([], {}, 1, true, null).map((id) => JSON.stringify({ algorithm: 'HMAC-SHA256', user_id: id })),
);

const signedRequest: fc.Arbitrary<Signed> = fc.oneof(
  wellShaped.map((payload) => ({ value: sign(payload, metaApp.app_secret), isGenuine: true })),
  misshapen.map((payload) => ({ value: sign(payload, metaApp.app_secret), isGenuine: false })),
  fc
    .tuple(wellShaped, fc.oneof(hostileText, fc.constant('guessed')))
    .map(([payload, secret]) => ({ value: sign(payload, secret), isGenuine: false })),
  fc
    .oneof(
      damaged(fc.constant(sign('{"algorithm":"none"}', 'x'))),
      hostileText,
      fc.constantFrom('.', '..', `${'A'.repeat(30_000)}.e30`, 'e30.e30'),
    )
    .map((value) => ({ value, isGenuine: false })),
);

function signedCalls(scene: Scene): Target {
  const inputs = fc.record({
    name: fc.constantFrom(...names),
    signed: signedRequest,
    wrap: fc.constantFrom<Wrapping>(...wrappings),
  });
  return defineTarget({ area, name: 'POST /inbound/facebook', weight: 14 }, inputs, async ({ name, signed, wrap }) => {
    const outcome = judgeUndescribed(
      await scene.ask({ ...posted(name, wrap.body(signed.value), wrap.type), isStranger: true }),
    );
    const isForged = outcome.answer === 'accepted' && !signed.isGenuine;
    return isForged ? trouble('admitted', 'a forged signed_request was taken', 'accepted') : outcome;
  });
}

interface Wrapping {
  readonly type: string;
  readonly body: (signed: string) => string;
}

const wrappings: readonly Wrapping[] = [
  { type: form, body: (signed) => `signed_request=${encodeURIComponent(signed.toWellFormed())}` },
  { type: form, body: (signed) => `a=1&signed_request=${encodeURIComponent(signed.toWellFormed())}&signed_request=x` },
  { type: 'application/json', body: (signed) => JSON.stringify({ signed_request: signed }) },
  {
    type: 'application/json; charset=utf-8',
    body: (signed) => JSON.stringify({ __proto__: null, signed_request: signed }),
  },
];

/** Other platforms, other names, other methods, and bodies of any kind. */
function oddPlaces(scene: Scene): Target {
  const segment = fc.oneof(
    fc.constantFrom(...scene.service.platforms.keys(), 'x', 'FACEBOOK', ...names, ...inheritedNames, ''),
    hostileText.map(encoded),
    rawEscapes,
  );
  const inputs = fc.record({
    method: fc.constantFrom('POST', 'POST', 'GET', 'PUT', 'DELETE', 'OPTIONS'),
    path: fc.tuple(segment, segment).map((segments) => `/inbound/${segments.join('/')}`),
    type: fc.constantFrom(form, 'application/json', 'multipart/form-data; boundary=', 'text/plain', 'x'),
    body: fc.oneof(
      hostileDocument,
      hostileText.map((text) => `signed_request=${text}`),
    ),
  });
  return defineTarget({ area, name: 'elsewhere', weight: 10 }, inputs, async ({ method, path, type, body }) => {
    const isRead = method === 'GET' || method === 'OPTIONS';
    const outcome = judgeUndescribed(
      await scene.ask({
        method,
        path,
        headers: { 'content-type': type },
        body: isRead ? undefined : body,
        isStranger: true,
      }),
    );
    if (isRead || outcome.answer !== 'accepted') return outcome;
    return outcome.trouble === null
      ? trouble('admitted', `${method} ${path} was taken unsigned`, 'accepted')
      : fine('refused');
  });
}
