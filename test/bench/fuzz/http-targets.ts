import fc from 'fast-check';
import { defineTarget, type Target } from './target.ts';
import { exchange, type Exchanged } from './bare-socket.ts';
import { fine, trouble, type Outcome } from './outcome.ts';
import type { Scene } from './scene.ts';

const area = 'http';

/** Bytes that are no HTTP, or HTTP in which two readers could see different requests. */
export function httpTargets(scene: Scene): readonly Target[] {
  const { port } = scene;
  return [
    defineTarget({ area, name: 'broken requests', weight: 24 }, pieces(brokenRequest), async (sent) =>
      judge(await exchange(port, sent)),
    ),
    defineTarget({ area, name: 'two lengths', weight: 10 }, pieces(ambiguousRequest), async (sent) =>
      judgeAmbiguous(await exchange(port, sent)),
    ),
    defineTarget({ area, name: 'pipelines', weight: 6 }, pieces(pipeline), async (sent) =>
      judge(await exchange(port, sent)),
    ),
    defineTarget({ area, name: 'other protocols', weight: 4 }, pieces(noise), async (sent) =>
      judge(await exchange(port, sent)),
    ),
  ];
}

/** Bytes as Latin-1, handed over in up to three parts. */
function pieces(texts: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> {
  return fc.tuple(texts, fc.nat(), fc.nat()).map(([text, one, two]) => {
    const [first = 0, second = 0] = [one % (text.length + 1), two % (text.length + 1)].sort((a, b) => a - b);
    return [text.slice(0, first), text.slice(first, second), text.slice(second)].filter((part) => part !== '');
  });
}

const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array).toString('latin1'));
const control = fc.constantFrom('\0', '\r', '\n', '\t', '\x7f', '\x80', '\xff', '\r\n\r\n', ' ', '\v');

const method = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'DELETE') },
  fc.constantFrom(
    'get',
    'CONNECT',
    'PRI',
    'TRACE',
    'GE T',
    '',
    'X'.repeat(9_000),
    'PROPFIND',
    'G\0T',
    'SOURCE',
    'QUERY',
  ),
  bytes,
);
const target = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('/healthz', '/v1/connections', '/callback?state=x', '/codec/decode', '/', '*'),
  },
  fc.constantFrom(
    '',
    '//',
    '/\0',
    'http://evil.example/',
    'localhost:1',
    '/a b',
    '/'.repeat(9_000),
    '/%',
    '\\',
    '/\xff',
    '#',
  ),
  bytes,
);
const version = fc.oneof(
  { weight: 5, arbitrary: fc.constant('HTTP/1.1') },
  fc.constantFrom(
    'HTTP/1.0',
    'HTTP/0.9',
    'HTTP/2.0',
    'HTTP/3.0',
    'http/1.1',
    'HTTP/1.1 ',
    'HTTP/11',
    'ICE/1.0',
    '',
    'HTTP/9999.1',
  ),
);

const header = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('Host: localhost:8422', 'Connection: close', 'Accept: */*', 'Content-Length: 0'),
  },
  fc.constantFrom(
    ...['Host: a', 'Host:', 'Host : localhost', ': x', 'no colon', ' folded: x', 'A:\x00', 'A: \xff\xfe', 'A\t: b'],
    ...['Content-Length: -1', 'Content-Length: 1e9', 'Content-Length: 99999999999999999999', 'Content-Length: 1, 2'],
    ...['Content-Length: +5', 'Content-Length: 0x5', 'Content-Length: 5 ', 'Expect: 100-continue', 'Expect: x'],
    ...['Upgrade: h2c\r\nConnection: Upgrade', 'Upgrade: websocket\r\nConnection: Upgrade', 'Connection: Host, Cookie'],
    ...[
      `A: ${'x'.repeat(20_000)}`,
      `${'n'.repeat(20_000)}: x`,
      'Cookie: '.concat('a=b; '.repeat(2_000)),
      'Trailer: Host',
    ],
    ...['Range: bytes=0-,0-,0-', 'Authorization: Bearer '.concat('y'.repeat(15_000)), '__proto__: x', 'TE: trailers'],
  ),
  fc.tuple(bytes, bytes).map((parts) => parts.join(': ')),
  fc.tuple(control, control).map(([a, b]) => `X${a}Y: ${b}`),
);
const lineEnd = fc.oneof({ weight: 8, arbitrary: fc.constant('\r\n') }, fc.constantFrom('\n', '\r', '\n\r', ''));

const head = fc
  .record({ method, target, version, headers: fc.array(header, { maxLength: 8 }), lineEnd })
  .map(({ method: verb, target: at, version: of, headers, lineEnd: end }) =>
    [`${verb} ${at} ${of}`, ...headers, '', ''].join(end),
  );
const manyHeaders = fc
  .nat({ max: 4_000 })
  .map((n) => `GET / HTTP/1.1\r\nHost: localhost\r\n${'A: b\r\n'.repeat(n)}\r\n`);

const chunks = fc.array(
  fc.oneof(
    fc.constantFrom('5\r\nhello\r\n', '0\r\n\r\n', '5;a=b\r\nhello\r\n', '0\r\nHost: evil\r\n\r\n', '1\r\n\r\n'),
    fc.constantFrom(
      'FFFFFFFFFFFFFFFFF\r\n',
      '-1\r\n',
      '5 \r\nhello\r\n',
      '0x5\r\nhello\r\n',
      'zz\r\n',
      '5\nhello\n',
      '\r\n',
    ),
    fc.constantFrom(
      `5;${'e'.repeat(20_000)}\r\nhello\r\n`,
      '5\r\nhel',
      `${'0'.repeat(9_000)}\r\n`,
      'FFFF\r\n'.concat('x'.repeat(70_000)),
    ),
    bytes,
  ),
  { maxLength: 5 },
);
const chunkedBody = chunks.map(
  (parts) => `POST /v1/onboardings HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${parts.join('')}`,
);

const brokenRequest = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(head, fc.oneof(fc.constant(''), bytes)).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: chunkedBody },
  { weight: 1, arbitrary: manyHeaders },
);

const oddEncodings = [
  'chunked',
  'Chunked',
  ' chunked',
  'chunked, identity',
  'identity, chunked',
  'xchunked',
  'chunked\x0b',
  '\tchunked',
  'gzip, chunked',
  '"chunked"',
];
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** Two statements about the length of one body: a proxy in front could believe the other one. */
const ambiguousRequest = fc
  .record({
    encoding: fc.constantFrom(...oddEncodings),
    lengths: fc.array(fc.constantFrom('0', '4', '6', '44', '200'), { minLength: 1, maxLength: 2 }),
    isLengthFirst: fc.boolean(),
    end: fc.constantFrom('0\r\n\r\n', '5\r\nhello\r\n0\r\n\r\n', '', '\r\n'),
  })
  .map(({ encoding, lengths, isLengthFirst, end }) => {
    const length = lengths.map((value) => `Content-Length: ${value}`);
    const both = isLengthFirst
      ? [...length, `Transfer-Encoding: ${encoding}`]
      : [`Transfer-Encoding: ${encoding}`, ...length];
    return `${['POST /healthz HTTP/1.1', 'Host: localhost', ...both, '', ''].join('\r\n')}${end}${smuggled}`;
  });

const pipelined = fc.constantFrom(
  'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'POST /v1/onboardings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}',
  'GET /callback?state=x&code=y HTTP/1.1\r\nHost: localhost\r\nCookie: a=b\r\n\r\n',
  'HEAD / HTTP/1.0\r\n\r\n',
  '\r\n',
);
const pipeline = fc
  .tuple(fc.array(pipelined, { minLength: 1, maxLength: 30 }), fc.oneof(fc.constant(''), head))
  .map(([requests, last]) => requests.join('') + last);

const noise = fc.oneof(
  bytes,
  fc.constantFrom(
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\0\0\0\x08\x04\xd2\x16\x2f',
    'SSH-2.0-x\r\n',
  ),
  fc.constantFrom(
    '*1\r\n$4\r\nPING\r\n',
    'EHLO x\r\n',
    '\r\n'.repeat(5_000),
    'PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\nGET / HTTP/1.1\r\n\r\n',
  ),
);

function judge({ statuses, isClosed }: Exchanged): Outcome {
  if (!isClosed) return trouble('hangs', 'the connection was neither answered to its end nor closed');
  const broken = statuses.find((status) => status >= 500);
  if (broken !== undefined) return trouble('serverErrors', `answered ${String(broken)}`);
  const [first] = statuses;
  if (first === undefined) return fine('closed');
  return fine(first < 400 ? 'accepted' : 'refused');
}

function judgeAmbiguous(exchanged: Exchanged): Outcome {
  const [first, second] = exchanged.statuses;
  if (first !== undefined && (first !== 400 || second !== undefined))
    return trouble('admitted', `a request of two lengths was answered ${exchanged.statuses.join(', ')}`, 'accepted');
  return judge(exchanged);
}
