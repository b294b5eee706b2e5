import fc from 'fast-check';
import { judgePage } from './page-answers.ts';
import { encoded, rawEscapes } from './api-inputs.ts';
import { defineTarget, type Target } from './target.ts';
import { hostileText } from './hostile-values.ts';
import { trouble } from './outcome.ts';
import type { Scene } from './scene.ts';

const form = 'application/x-www-form-urlencoded';
const token = fc.oneof(
  { weight: 3, arbitrary: hostileText.map(encoded) },
  { weight: 1, arbitrary: rawEscapes },
  { weight: 2, arbitrary: fc.base64String({ minLength: 40, maxLength: 48 }).map(encodeURIComponent) },
  { weight: 1, arbitrary: fc.constant('x'.repeat(9_000)) },
);

/** The console and the ways into it, with tickets and sessions that nobody was given. */
export function loginTarget(scene: Scene): Target {
  const cookieName = `connector_session_${new URL(scene.service.publicUrl).port}`;
  const cookie = fc.oneof(
    fc.constantFrom('', ';;', cookieName, `${cookieName}=a; ${cookieName}=b`, '__proto__=1'),
    token.map((value) => `${cookieName}=${value}`),
  );
  const inputs = fc.record({
    method: fc.constantFrom('GET', 'POST', 'POST', 'HEAD', 'PUT'),
    path: fc.constantFrom('/', '/login', '/login', '/logout'),
    query: fc.oneof(
      fc.constant(''),
      token.map((value) => `?ticket=${value}`),
      token.map((value) => `?${value}&ticket=`),
    ),
    body: fc.oneof(
      token.map((value) => `ticket=${value}`),
      fc.array(token, { maxLength: 4 }).map((values) => values.map((value) => `ticket=${value}`).join('&')),
      hostileText,
    ),
    type: fc.constantFrom(form, form, 'multipart/form-data; boundary=x', 'application/json', 'text/plain'),
    cookie,
    origin: fc.constantFrom(null, scene.service.publicUrl, 'https://evil.example', 'null', 'http://localhost:1'),
  });
  const about = { area: 'consent', name: '/login, /logout and the console', weight: 12 };
  return defineTarget(about, inputs, async ({ method, path, query, body, type, cookie: sent, origin }) => {
    const isRead = method === 'GET' || method === 'HEAD';
    const headers = {
      cookie: sent,
      ...(origin === null ? {} : { origin }),
      ...(isRead ? {} : { 'content-type': type }),
    };
    const asked = { method, path: path + query, headers, body: isRead ? undefined : body, isStranger: true };
    const answered = await scene.ask(asked);
    // Signing out needs no session: it gives none, and ends only the one that was sent.
    const gives = answered.kind === 'answer' ? (answered.headers['set-cookie'] ?? []) : [];
    if (gives.some((given) => !given.includes('Max-Age=0')))
      return trouble('admitted', 'a session was given', 'accepted');
    return judgePage(answered);
  });
}
