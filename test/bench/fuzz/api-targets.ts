import fc from 'fast-check';
import { createJudge, judgeUndescribed, type JudgeAnswer } from './api-answers.ts';
import { readApiDocument, type Operation } from './api-document.ts';
import { encoded, rawEscapes, requestsTo } from './api-inputs.ts';
import type { Answered, Asked } from './ask.ts';
import { defineTarget, type Target } from './target.ts';
import { hostileText } from './hostile-values.ts';
import { fine, trouble, type Outcome } from './outcome.ts';
import { owners, type Scene } from './scene.ts';
import { createSchemaInputs, type KnownValues } from './schema-inputs.ts';

const area = 'api';

/** Every operation of the document with keys that do not let it happen: nothing may be accepted. */
export async function apiWithoutAuthority(scene: Scene): Promise<readonly Target[]> {
  const document = await readApiDocument(scene.ask);
  const judge = createJudge(document);
  const inputs = createSchemaInputs(document, knownValues(scene, scene.untouchedIds, owners.untouched));
  const locked = document.operations.filter(({ needsKey }) => needsKey);
  return locked.map((operation) => {
    const keyed = fc.record({ asked: requestsTo(operation, document, inputs), key: keysWithout(scene, operation) });
    return defineTarget(
      { area, name: `${nameOf(operation)} without authority`, weight: 3 },
      keyed,
      async ({ asked, key }) =>
        mustNotBeAccepted(judge(operation, await scene.ask(withKey({ ...asked, isStranger: true }, key)))),
    );
  });
}

/** Every operation with a key that may do everything, and addresses that lead nowhere. */
export async function apiWithAuthority(scene: Scene): Promise<readonly Target[]> {
  const document = await readApiDocument(scene.ask);
  const judge = createJudge(document);
  const inputs = createSchemaInputs(document, knownValues(scene, scene.fuzzedIds, owners.fuzzed));
  const all = document.operations.map((operation) => {
    const key = scene.keyFor(operation.scopes);
    const about = { area, name: nameOf(operation), weight: weightOf(operation) };
    return defineTarget(about, requestsTo(operation, document, inputs), async (asked) =>
      judged(judge, operation, asked, await scene.ask(withKey(asked, `Bearer ${key}`))),
    );
  });
  return [...all, elsewhere(scene)];
}

/** Acts that Temporal takes part in are slower by far than reads. */
function weightOf({ method, path }: Operation): number {
  if (method === 'GET') return path.includes('onboardings') ? 2 : 5;
  return path.startsWith('/codec') || path.startsWith('/v1/quota') ? 5 : 2;
}

/** A body that is larger than what is taken may be cut off while it is still being sent. */
function judged(judge: JudgeAnswer, operation: Operation, { body }: Asked, answered: Answered): Outcome {
  const isLarge = body !== undefined && Buffer.byteLength(body) > 64 * 1024;
  return answered.kind === 'closed' && isLarge ? fine('closed') : judge(operation, answered);
}

function mustNotBeAccepted(outcome: Outcome): Outcome {
  if (outcome.answer !== 'accepted') return outcome;
  return trouble('admitted', `let through without authority; ${outcome.trouble?.what ?? ''}`, 'accepted');
}

function nameOf({ method, path }: Operation): string {
  return `${method} ${path}`;
}

function withKey(asked: Asked, authorization: string | null): Asked {
  return authorization === null ? asked : { ...asked, headers: { ...asked.headers, authorization } };
}

/** None, unknown ones, malformed ones, and known ones that lack what the operation needs. */
function keysWithout({ keys }: Scene, { scopes: wanted }: Operation): fc.Arbitrary<string | null> {
  const lacking = keys.filter(({ scopes }) => !wanted.every((scope) => scopes.includes(scope)));
  const known = keys[0]?.key ?? '';
  const basic = `Basic ${Buffer.from(`user:${known}x`).toString('base64')}`;
  const odd = [
    '',
    'Bearer',
    'Bearer ',
    'Bearer x',
    'bearer  x  y',
    `Basic ${known}`,
    basic,
    'Basic %',
    'Digest a=b',
    known,
  ];
  const insufficient = lacking.map(({ key }) => `Bearer ${key}`);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(null, ...insufficient, ...odd, `Bearer ${known}x`) },
    { weight: 1, arbitrary: hostileText.map((text) => `Bearer ${headerText(text)}`) },
  );
}

/** What a header may hold at all: the rest is sent over bare sockets. */
function headerText(text: string): string {
  return text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}

function knownValues({ service }: Scene, ids: readonly string[], owner: string): KnownValues {
  const platforms = [...service.platforms.values()];
  const steps = platforms.flatMap((platform) => platform.steps);
  const addresses = platforms.map(({ id }) => `${owner}~${id}~main`);
  return {
    id: [...ids, ...addresses],
    connection: ids,
    connectionId: ids,
    platform: [...platforms.flatMap(({ id, aliases, answersFor }) => [id, ...aliases, ...answersFor])],
    bucket: platforms.flatMap(({ quotas }) => quotas.map(({ bucket }) => bucket)),
    owner: [owner, 'nobody'],
    account: ['Ada', 'nobody'],
    label: ['main', 'second'],
    step: [...new Set(steps.map(({ id }) => id))],
    field: steps.flatMap((step) => (step.kind === 'portal' ? step.fields.map(({ name }) => name) : [])),
  };
}

/** Addresses and methods that the document does not name. */
function elsewhere(scene: Scene): Target {
  const segment = fc.oneof(
    fc.constantFrom(
      '',
      '.',
      '..',
      '%2e%2e',
      'v1',
      'v2',
      'tokens',
      'connections',
      'openapi.json',
      'codec',
      'metrics',
      'healthz',
    ),
    rawEscapes,
    hostileText.map(encoded),
  );
  const path = fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`);
  const method = fc.constantFrom(
    'GET',
    'HEAD',
    'OPTIONS',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'TRACE',
    'PROPFIND',
    'M-SEARCH',
  );
  const requests = fc.record({ method, path, key: fc.constantFrom(null, `Bearer ${scene.keyFor([])}`) });
  return defineTarget({ area, name: 'elsewhere', weight: 6 }, requests, async ({ method: asked, path: at, key }) => {
    return judgeUndescribed(await scene.ask(withKey({ method: asked, path: at, isStranger: key === null }, key)));
  });
}
