import fc from 'fast-check';
import type { ApiDocument, Operation } from './api-document.ts';
import type { Asked } from './ask.ts';
import { damaged, hostileDocument, hostileText } from './hostile-values.ts';
import type { SchemaInputs } from './schema-inputs.ts';

type Headers = Record<string, string>;

/** Requests to one operation: valid, almost, and not at all; the key is added by whoever sends them. */
export function requestsTo(operation: Operation, document: ApiDocument, inputs: SchemaInputs): fc.Arbitrary<Asked> {
  return fc
    .record({
      path: pathOf(operation, inputs),
      query: queryOf(operation, inputs),
      body: bodyOf(operation, document, inputs),
      headers: oddHeaders,
    })
    .map(({ path, query, body, headers }) => ({
      method: operation.method,
      path: query === '' ? path : `${path}?${query}`,
      headers: { ...body.headers, ...headers },
      body: body.text,
    }));
}

/** Percent-encoded, half a surrogate pair too, as some program would. */
export function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%EF%BF%BD', '%ED%A0%80');
}

/** Bytes that no encoder would make. */
export const rawEscapes = fc.constantFrom('%00', '%', '%zz', '%c0%80', '%ff%fe', '%ed%a0%80', '+', '%2', 'é', '%u0041');

function pathOf({ path, parameters }: Operation, inputs: SchemaInputs): fc.Arbitrary<string> {
  const parts = path.split(/(\{[^}]+\})/);
  return fc.tuple(...parts.map((part) => segmentOf(part))).map((texts) => texts.join(''));

  function segmentOf(part: string): fc.Arbitrary<string> {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) return fc.constant(part);
    const schema = parameters.find((one) => one.in === 'path' && one.name === name)?.schema ?? {};
    const valid = inputs.valid(schema, name).map(String);
    const texts = fc.oneof({ weight: 4, arbitrary: valid }, { weight: 2, arbitrary: hostileText });
    // Nothing, and dots, lead to other routes: those are asked elsewhere.
    const segments = texts.filter((text) => text !== '' && !/^\.{1,2}$/.test(text)).map(encoded);
    return fc.oneof({ weight: 9, arbitrary: segments }, { weight: 1, arbitrary: rawEscapes });
  }
}

function queryOf({ parameters }: Operation, inputs: SchemaInputs): fc.Arbitrary<string> {
  const asked = parameters.filter((one) => one.in === 'query');
  const pairs = asked.map(({ name, schema, required }) => {
    const value = fc.oneof(
      { weight: 5, arbitrary: inputs.valid(schema, name).map((one) => encoded(String(one))) },
      { weight: 3, arbitrary: hostileText.map(encoded) },
      { weight: 1, arbitrary: rawEscapes },
    );
    const pair = value.map((text) => [`${name}=${text}`]);
    const twice = fc.tuple(value, value).map(([one, two]) => [`${name}=${one}`, `${name}=${two}`]);
    const forms = [
      { weight: 6, arbitrary: pair },
      { weight: 1, arbitrary: twice },
      { weight: 1, arbitrary: fc.constantFrom([name], [`${name}[]=1`], [`${name}[a]=1`], [`${encoded(name)}==`]) },
    ];
    return fc.oneof(...forms, { weight: required ? 1 : 4, arbitrary: fc.constant<string[]>([]) });
  });
  const stray = fc.oneof(
    { weight: 8, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.tuple(hostileText, hostileText).map(([a, b]) => [`${encoded(a)}=${encoded(b)}`]) },
    { weight: 1, arbitrary: fc.constantFrom(['&&&'], ['='], ['__proto__=1'], ['a=1'.concat('&a=1'.repeat(500))]) },
  );
  return fc.tuple(...pairs, stray).map((all) => all.flat().join('&'));
}

interface Body {
  readonly text: string | undefined;
  readonly headers: Headers;
}

function bodyOf({ requestBody }: Operation, document: ApiDocument, inputs: SchemaInputs): fc.Arbitrary<Body> {
  if (requestBody === undefined) {
    const stray = hostileDocument.map((text) => ({ text, headers: { 'content-type': 'application/json' } }));
    const none = fc.constant<Body>({ text: undefined, headers: {} });
    return fc.oneof({ weight: 9, arbitrary: none }, { weight: 1, arbitrary: stray });
  }
  const [type = 'application/json', { schema } = { schema: {} }] = Object.entries(requestBody.content)[0] ?? [];
  const fitting = inputs.valid(document.resolve(schema)).map((value) => JSON.stringify(value));
  const texts = fc.oneof(
    { weight: 4, arbitrary: fitting },
    { weight: 4, arbitrary: inputs.almost(document.resolve(schema)).map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: hostileDocument },
    { weight: 1, arbitrary: damaged(fitting) },
  );
  const types = fc.oneof(
    { weight: 8, arbitrary: fc.constant<Headers>({ 'content-type': type }) },
    { weight: 2, arbitrary: fc.constantFrom<Headers>(...oddTypes.map((odd) => ({ 'content-type': odd })), {}) },
  );
  const told = fc.tuple(texts, types).map(([text, headers]) => ({ text, headers }));
  return fc.oneof(
    { weight: 20, arbitrary: told },
    { weight: 1, arbitrary: fc.constant({ text: undefined, headers: {} }) },
  );
}

const oddTypes = [
  ...[
    'application/json; charset=utf-8',
    'application/json;charset=utf-16',
    'APPLICATION/JSON',
    'text/plain',
    'text/json',
  ],
  ...['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'multipart/form-data', 'application/xml'],
  ...[
    'application/vnd.api+json',
    'application/jsonx',
    'application/octet-stream',
    ';',
    'x',
    'application/json, text/plain',
  ],
];

/** Headers that may come with any request and should change nothing, or be refused. */
const oddHeaders: fc.Arbitrary<Headers> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Headers>({}) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Headers>(
      ...[{ origin: 'https://evil.example' }, { origin: 'null' }, { origin: 'x' }, { 'sec-fetch-site': 'cross-site' }],
      ...[
        { host: 'evil.example' },
        { host: 'localhost:99999' },
        { host: '[::1]' },
        { host: 'localhost:' },
        { host: 'a b' },
      ],
      ...[{ 'content-encoding': 'gzip' }, { accept: 'text/html' }, { accept: '' }, { 'accept-encoding': '*;q=x' }],
      ...[{ 'x-http-method-override': 'DELETE' }, { 'x-forwarded-host': 'evil.example' }, { expect: '100-continue' }],
      ...[{ cookie: 'a=%zz; __proto__=1;;=;' }, { 'x-forwarded-for': '1.2.3.4' }, { range: 'bytes=0-' }],
      ...[{ 'if-none-match': '*' }, { 'x-long': 'x'.repeat(6_000) }, { 'x-odd': '\xff\xfe' }],
    ),
  },
);
