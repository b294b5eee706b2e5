import fc from 'fast-check';

/** Names that mean something to JavaScript's objects. */
export const inheritedNames = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

const oddTexts = [
  ...['', ' ', '\0', 'a\0b', '\ud800', 'a\udfffb', '\u202e', '\ufeff', '\ufffe', '\x1b[2J', '\r\nX-Injected: 1'],
  ...["' or 1=1 --", '"; drop table x', '<script>alert(1)</script>', '{{7*7}}', '${process.env}', '../../etc/passwd'],
  ...['null', 'undefined', 'NaN', '-0', '1e400', '-1', '0x10', '2147483648', '9007199254740993', '9223372036854775808'],
  ...['x'.repeat(300), 'x'.repeat(4_000), '𝒳'.repeat(200), `A${'\u0301'.repeat(400)}`, 'ﷺ'.repeat(90), '١٢٣'],
  ...['00000000-0000-0000-0000-000000000000', '~~', 'a~b~c', 'onboarding/a/b/c', '%00', '%s%n', 'javascript:alert(1)'],
  ...inheritedNames,
];

/** Texts that programs stumble over. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...oddTexts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
);

const oddNumbers = [0, -0, -1, 0.1, 1e21, 1e308, -1e308, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 + 2, 2 ** 63, 5e-324];

/** JSON values of any shape. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(...oddNumbers, null, true, false, [], {}, [null], [[]]),
  fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }),
  fc.dictionary(fc.oneof(hostileText, fc.constantFrom(...inheritedNames)), fc.jsonValue({ maxDepth: 1 }), {
    maxKeys: 4,
  }),
);

const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

const oddDocuments = [
  ...[
    '',
    ' ',
    '{',
    '}',
    '[',
    '"',
    'nul',
    'NaN',
    '{}{}',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
    '\ufeff{}',
    '1e400',
    '-',
    '"\\u"',
  ],
  ...['{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"x":1}}}', '{"a":"\\u0000"}', '{"a":"\\ud800"}'],
  ...[
    '{"a":1,"a":2}',
    '{"":""}',
    '[]',
    '{}',
    'null',
    '0',
    '""',
    '"\\u0000"',
    '{"length":1e9}',
    '{"toJSON":1,"then":1}',
  ],
  ...[deep('[', ']', 5_000), deep('{"a":', '}', 3_000), deep('[', '', 20_000), `[${'0,'.repeat(9_000)}0]`],
  ...[`{"${'k'.repeat(20_000)}":1}`, `{"a":"${'v'.repeat(60_000)}"}`, '9'.repeat(10_000), `{"a":${'1'.repeat(400)}}`],
];

/** Texts that are JSON of the wrong shape, almost JSON, or nothing of the kind. */
export const hostileDocument: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...oddDocuments),
  hostileValue.map((value) => JSON.stringify(value)),
  hostileText,
);

/** A text with a part of it cut out, doubled or replaced. */
export function damaged(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(texts, fc.nat(), fc.nat({ max: 8 }), fc.oneof(fc.constant(''), hostileText, fc.constantFrom('"', '}', ',')))
    .map(([text, at, length, instead]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + instead + text.slice(from + length);
    });
}
