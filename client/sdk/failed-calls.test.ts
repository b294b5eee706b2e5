import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createSimulatedNetwork, type Network } from '../../platforms/network.ts';
import { twitterClient } from '../../platforms/twitter/client.ts';
import { youtubeClient } from '../../platforms/youtube/client.ts';

const secret = 'a-token-that-nobody-may-see';

const answers: Readonly<Record<string, RequestListener>> = {
  'is refused': (_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"code":401,"message":"No."}}');
  },
  'is cut off': (request) => {
    request.socket.destroy();
  },
};

const calls: Readonly<Record<string, (network: Network) => Promise<unknown>>> = {
  'of googleapis': (network) =>
    youtubeClient({ getAccessToken: () => Promise.resolve(secret), network }).channels.list({ part: ['id'] }),
  'of twitter-api-v2 with a bearer token': (network) =>
    twitterClient({ getCredentials: () => Promise.resolve({ access_token: secret }), network }).v2.me(),
  'of twitter-api-v2 with signatures': (network) =>
    twitterClient({
      getCredentials: () =>
        Promise.resolve({
          ...{ api_key: 'key', api_secret: secret, access_token: `1-${secret}`, access_token_secret: secret },
        }),
      network,
    }).v2.me(),
};

const cases = Object.keys(calls).flatMap((call) => Object.keys(answers).map((fate) => ({ call, fate })));

test.for(cases)('a call $call that $fate throws an error that shows no token, however deep', async ({ call, fate }) => {
  const server = createServer(answers[fate]).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const network = createSimulatedNetwork(`http://127.0.0.1:${address.port}`);
  const error: unknown = await calls[call]?.(network).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  expect(inspect(error, { depth: 20, customInspect: false }).includes(secret)).toBe(false);
  expect(JSON.stringify(error).includes(secret)).toBe(false);
  await network.close();
  server.close();
});
