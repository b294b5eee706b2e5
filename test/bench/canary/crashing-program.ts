import process from 'node:process';
import { z } from 'zod';
import { connect } from '../../../client/sdk/index.ts';

// A user's program that does not expect its platform to fail: it ends with what Node prints about an uncaught error,
// down to the depth that a log collector would print it.

const platform = z.enum(['facebook', 'tiktok', 'twitter', 'youtube']).parse(process.argv[2]);
const { inspect } = await import('node:util');
inspect.defaultOptions.depth = 12;
const connector = await connect();
const calls = {
  facebook: async () => {
    throw Object.assign(new Error('Facebook refused.'), { response: await connector.facebook()('/me') });
  },
  tiktok: async () => {
    throw Object.assign(new Error('TikTok refused.'), { response: await connector.tiktok()('/v2/user/info/') });
  },
  twitter: () => connector.twitter().v2.me(),
  youtube: () => connector.youtube().channels.list({ part: ['id'], mine: true }),
};
await calls[platform]();
