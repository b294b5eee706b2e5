import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** One request as it came in, before anything is known of its body. */
export interface IncomingRequest {
  readonly method: string;
  /** As sent: the Host header in lower case and the path with its query, neither decoded nor normalized. */
  readonly host: string;
  readonly target: string;
  readonly headers: Headers;
  /** Reads the body once, up to 64 MiB. Throws BodyTooLarge beyond. */
  body(): Promise<Uint8Array<ArrayBuffer>>;
}

export class BodyTooLarge extends Error {
  constructor() {
    super('The simulators take bodies of up to 64 MiB.');
    this.name = 'BodyTooLarge';
  }
}

/** Sent instead of a response: the connection is cut without a byte of an answer. */
export const droppedConnection = Symbol('dropped connection');

export type Answer = Response | typeof droppedConnection;

const bodyLimit = 64 * 1024 * 1024;

/** An HTTP server that answers every request with what `answer` says; it must not throw. */
export function createHttpServer(answer: (request: IncomingRequest) => Promise<Answer>): Server {
  // Longer than any client keeps a connection, so that none is cut just as it is used again.
  return createServer({ keepAliveTimeout: 120_000 }, (incoming, outgoing) => {
    void answer(readRequest(incoming))
      .then(async (given) => {
        if (given === droppedConnection) incoming.socket.destroy();
        else await send(given, outgoing);
      })
      .catch(() => incoming.socket.destroy());
  });
}

function readRequest(incoming: IncomingMessage): IncomingRequest {
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '');
  }
  return {
    method: incoming.method ?? 'GET',
    host: (incoming.headers.host ?? '').toLowerCase(),
    target: incoming.url ?? '/',
    headers,
    body: () => readBody(incoming),
  };
}

async function readBody(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.byteLength;
    if (length > bodyLimit) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
  outgoing.end(body);
}

/** Binds to a loopback port (0: any free one) and returns the port. Rejects when it is taken. */
export async function listenOnLoopback(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The simulators listen on no port.');
  return address.port;
}

/** Stops listening and cuts what is still open. */
export async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
