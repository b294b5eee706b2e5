import { connect, type Socket } from 'node:net';
import { fine, trouble, type Outcome } from './outcome.ts';

/** Where a client stops in the middle of its request and keeps the connection: before the head is whole, or before the body is. */
export type Stall = 'head' | 'body';

const post = 'POST /v1/onboardings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

const beginnings: Readonly<Record<Stall, readonly string[]>> = {
  head: [
    '',
    'G',
    'GET / HTT',
    'GET / HTTP/1.1\r\n',
    'GET / HTTP/1.1\r\nHost: localhost\r\nX: ',
    '\r\n',
    post,
    '\x16\x03\x01',
  ],
  body: [
    ...[`${post}Content-Length: 5000\r\n\r\n`, `${post}Content-Length: 5000\r\n\r\n{"platform":`],
    ...[`${post}Transfer-Encoding: chunked\r\n\r\n`, `${post}Transfer-Encoding: chunked\r\n\r\n5\r\n{"pla`],
    `POST /inbound/facebook/deauthorize HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFF\r\n`,
  ],
};

/** The server's own limits, and what a busy machine may take to keep them. */
const boundMs: Readonly<Record<Stall, number>> = { head: 20_000, body: 35_000 };
/** One byte of what is never whole, so often: who dribbles is no better than who is silent. */
const dribbleMs = 500;
const ofEach = 4;

/** Clients that begin requests and never end them, while everybody else is to be served. */
export interface StalledClients {
  /** What became of each: refused or closed by the server within its limit, or still there. */
  outcomes(): Promise<readonly Outcome[]>;
}

/** Opens them; half of them go on sending a byte now and then. */
export function stallClients(port: number, stalls: readonly Stall[]): StalledClients {
  const clients = stalls.flatMap((stall) =>
    beginnings[stall].flatMap((beginning) =>
      Array.from({ length: ofEach }, (_, index) => stalled(port, { stall, beginning, dribbles: index % 2 === 1 })),
    ),
  );
  return { outcomes: () => Promise.all(clients) };
}

interface Stalling {
  readonly stall: Stall;
  readonly beginning: string;
  readonly dribbles: boolean;
}

function stalled(port: number, { stall, beginning, dribbles }: Stalling): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ host: '127.0.0.1', port });
    let text = '';
    const dribble = setInterval(() => {
      if (dribbles) socket.write(stall === 'head' ? 'x' : ' ');
    }, dribbleMs);
    const end = (outcome: Outcome): void => {
      clearInterval(dribble);
      clearTimeout(late);
      socket.destroy();
      resolve(outcome);
    };
    const late = setTimeout(() => {
      end(trouble('hangs', `a client that stalls in its ${stall} after ${JSON.stringify(beginning)} is not cut off`));
    }, boundMs[stall]);
    socket.on('connect', () => socket.write(beginning, 'latin1'));
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    // A reset is the end of the connection, too.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      end(text === '' ? fine('closed') : judged(text));
    });
  });
}

function judged(text: string): Outcome {
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
  if (status >= 400 && status < 500) return fine('refused');
  return trouble('serverErrors', `a request that was never whole was answered ${String(status)}`);
}
