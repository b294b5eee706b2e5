import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { ended, listen } from './listen.ts';
import { toProblem } from './to-problem.ts';

test('a client who goes away in the middle of a request is no failure of the server, nor of Postgres', async () => {
  const reading = Promise.withResolvers<undefined>();
  const failed = Promise.withResolvers<unknown>();
  const read = async (request: Request): Promise<Response> => {
    const body = request.text();
    reading.resolve(undefined);
    await body.catch(failed.resolve);
    return new Response();
  };
  const server = await listen({ host: '127.0.0.1', port: 0 }, read, { warn: () => undefined });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const client = connect(address.port, '127.0.0.1');
  client.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{"pla');
  await reading.promise;
  client.destroy();
  expect(toProblem(await failed.promise).options).toMatchObject({ type: 'bad-request', status: 400 });
  await ended(server);

  const lostPostgres = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  expect(toProblem(lostPostgres).options).toMatchObject({ type: 'database-unreachable', status: 503 });
});
