import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { patienceMs } from './outcome.ts';

/** A request as it goes over the wire; the path is sent as it stands. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | undefined;
  /** It fails on purpose: it comes from an address of its own, as failures of many clients would. */
  readonly isStranger?: boolean;
}

export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** `hang`: nothing came within the time that an input has. `closed`: the connection ended without an answer. */
export type Answered = Answer | { readonly kind: 'hang' | 'closed'; readonly why: string };

export type Ask = (asked: Asked) => Promise<Answered>;

const overloadTries = 5;

/** Asks the server on a port of the loopback address, under the host name that it is known by. */
export function createAsk(port: number, host: string): Ask & { close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const addresses = loopbackAddresses();
  const send = (asked: Asked, isRetry = false): Promise<Answered> =>
    new Promise((resolve) => {
      const stranger = asked.isStranger === true ? { localAddress: addresses.next().value, agent: false } : { agent };
      const call = request({
        ...{ host: '127.0.0.1', port, method: asked.method, path: asked.path, ...stranger },
        headers: { host, ...lengthOf(asked.body), ...asked.headers },
      });
      const late = setTimeout(() => {
        resolve({ kind: 'hang', why: `no answer within ${String(patienceMs / 1_000)} s` });
        call.destroy();
      }, patienceMs);
      const failed = (error: NodeJS.ErrnoException): void => {
        clearTimeout(late);
        // The server closed a kept-alive connection just as it was used again.
        if (call.reusedSocket && !isRetry && error.code === 'ECONNRESET') resolve(send(asked, true));
        else resolve({ kind: 'closed', why: error.code ?? error.message });
      };
      call.on('error', failed);
      call.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('error', failed);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          clearTimeout(late);
          const { statusCode: status = 0, headers } = response;
          resolve({ kind: 'answer', status, headers, text: Buffer.concat(chunks).toString() });
        });
      });
      call.end(asked.body);
    });
  const ask = async (asked: Asked): Promise<Answered> => {
    for (let tries = 1; ; tries += 1) {
      const answered = await send(asked);
      // A busy machine may keep Temporal from answering in time; what the input itself causes comes again.
      if (answered.kind !== 'answer' || answered.status !== 503 || tries === overloadTries) return answered;
      await sleep(500 * 2 ** tries);
    }
  };
  return Object.assign(ask, {
    close: () => {
      agent.destroy();
    },
  });
}

function lengthOf(body: Asked['body']): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

/** Linux answers for all of 127.0.0.0/8; elsewhere there is only the one address. */
function* loopbackAddresses(): Generator<string, never> {
  for (let n = 0; ; n = (n + 1) % 0x0f_ff_ff) {
    const parts = [127, 1 + (n >> 16), (n >> 8) & 0xff, n & 0xff];
    yield process.platform === 'linux' ? parts.join('.') : '127.0.0.1';
  }
}
