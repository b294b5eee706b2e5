import fc from 'fast-check';
import { encoded, rawEscapes } from './api-inputs.ts';
import type { Answered } from './ask.ts';
import { defineTarget, type Target } from './target.ts';
import { hostileText } from './hostile-values.ts';
import { trouble, type Outcome } from './outcome.ts';
import { judgePage } from './page-answers.ts';
import type { Scene } from './scene.ts';

const area = 'consent';

/** One begun consent: what the browser was given, and what the platform was told. */
interface Begun {
  readonly state: string;
  readonly cookie: string;
}

/** Callbacks that were forged, replayed or mangled, and links that lead nowhere. */
export async function consentWithoutAuthority(scene: Scene): Promise<readonly Target[]> {
  const [open, spent] = [await begin(scene), await begin(scene)];
  await scene.ask(callbackOf(`state=${spent.state}&error=access_denied`, spent.cookie));
  return [forgedCallbacks(scene, open, spent), oddLinks(scene)];
}

/** The browser that began the consent comes back, with a code that no platform gave. */
export function consentWithAuthority(scene: Scene): readonly Target[] {
  const name = 'GET /callback in the right browser';
  return [
    defineTarget({ area, name, weight: 2 }, fc.array(pair(parameterName), { maxLength: 4 }), async (pairs) => {
      const { state, cookie } = await begin(scene);
      return judgePage(await scene.ask(callbackOf([`state=${state}`, ...pairs].join('&'), cookie)));
    }),
  ];
}

async function begin({ ask, pendingId }: Scene): Promise<Begun> {
  const answered = await ask({ method: 'GET', path: `/consent/${pendingId}` });
  if (answered.kind !== 'answer') throw new Error(`The consent link did not answer: ${answered.why}`);
  const { location = '', 'set-cookie': [cookie = ''] = [] } = answered.headers;
  const state = new URL(location).searchParams.get('state');
  if (state === null) throw new Error('The consent link leads to no consent page.');
  return { state, cookie: cookie.split(';')[0] ?? '' };
}

function callbackOf(
  query: string,
  cookie: string | null,
): { method: string; path: string; headers: Record<string, string> } {
  return { method: 'GET', path: `/callback?${query}`, headers: cookie === null ? {} : { cookie } };
}

const parameterName = fc.constantFrom(
  'code',
  'code',
  'code',
  'error',
  'error_description',
  'scope',
  'state[]',
  'iss',
  'code[]',
);

const value = fc.oneof(
  { weight: 4, arbitrary: hostileText.map(encoded) },
  { weight: 2, arbitrary: rawEscapes },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(9_000), '%0a'.repeat(900), 'access_denied', '%F0%9F', '') },
);

function pair(name: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(name, value, fc.constantFrom('=', '=', '=', '', '==')).map(([key, text, sign]) => key + sign + text);
}

/** None of these is the browser that began a consent that is still open. */
function forgedCallbacks(scene: Scene, open: Begun, spent: Begun): Target {
  const state = fc.oneof(value, fc.constantFrom(open.state, spent.state, open.state.toLowerCase(), `${open.state}%00`));
  const states = fc.array(
    state.map((text) => `state=${text}`),
    { maxLength: 3 },
  );
  const odd = ['', ';', '=', 'connector_consent_=x', open.cookie.slice(0, -1), `${open.cookie}x`, '__proto__=1'];
  const cookie = fc.oneof(
    fc.constantFrom(null, ...odd, spent.cookie, open.cookie.replace(/=.*/, `=${spent.state}`), 'a=%zz;b="x'),
    hostileText.map((text) => `${open.cookie.split('=')[0] ?? ''}=${encodeURIComponent(text.toWellFormed())}`),
  );
  const inputs = fc.record({ states, pairs: fc.array(pair(fc.oneof(parameterName, value)), { maxLength: 5 }), cookie });
  const about = { area, name: 'GET /callback forged', weight: 20 };
  return defineTarget(about, inputs, async ({ states: given, pairs, cookie: sent }) => {
    const outcome = judgePage(
      await scene.ask({ ...callbackOf([...given, ...pairs].join('&'), sent), isStranger: true }),
    );
    return outcome.answer === 'accepted' ? trouble('admitted', 'a forged callback was taken', 'accepted') : outcome;
  });
}

function oddLinks(scene: Scene): Target {
  const { pendingId, untouchedIds } = scene;
  const id = fc.oneof(
    value,
    fc.uuid(),
    fc.constantFrom(pendingId, ...untouchedIds, pendingId.toUpperCase(), `${pendingId}%00`),
  );
  const path = fc.tuple(id, fc.constantFrom('', '', '/', '/x', '?a=1', '//', '?host=evil.example'));
  const host = fc.constantFrom(
    scene.host,
    scene.host,
    '127.0.0.1:1',
    '[::1]',
    'evil.example',
    'localhost:0',
    'localhost',
  );
  const inputs = fc.record({ path: path.map((parts) => `/consent/${parts.join('')}`), host });
  return defineTarget(
    { area, name: 'GET /consent/{connection}', weight: 12 },
    inputs,
    async ({ path: at, host: asked }) => {
      const answered = await scene.ask({ method: 'GET', path: at, headers: { host: asked }, isStranger: true });
      return leadsAstray(scene, answered) ?? judgePage(answered);
    },
  );
}

/** A link may lead to our own address and to a platform's consent page, nowhere else. */
function leadsAstray({ service }: Scene, answered: Answered): Outcome | null {
  if (answered.kind !== 'answer' || answered.headers.location === undefined) return null;
  const { origin, pathname } = new URL(answered.headers.location, service.publicUrl);
  const isOwn = origin === service.publicUrl && pathname.startsWith('/consent/');
  const isPlatform = origin === new URL(service.simulators.url).origin;
  return isOwn || isPlatform ? null : trouble('admitted', `a link leads to ${origin}`, 'accepted');
}
