import { z } from 'zod';
import type { Simulator } from './simulator.ts';

/** The smallest simulator there can be, with which the tests of the server show what it does for all of them. */
export const toy: Simulator = {
  platform: 'toy',
  hosts: ['api.toy.example', 'www.toy.example'],
  loggedParameters: ['grant_type'],
  create: ({ memory, clock, random }) => {
    const kept = memory.keep(z.strictObject({ served: z.number(), secret: z.string() }), () => ({
      served: 0,
      secret: Buffer.from(random.bytes(8)).toString('hex'),
    }));
    return {
      handle: async (request) => {
        const url = new URL(request.url);
        if (url.pathname === '/broken') throw new Error('a bug');
        if (url.pathname === '/login') return Response.redirect('https://api.toy.example/home?x=1', 302);
        if (url.pathname === '/leave') return Response.redirect('http://localhost:8422/callback?code=c', 302);
        kept.served += 1;
        return Response.json({ url: request.url, body: await request.text(), served: kept.served, now: clock.now() });
      },
      accounts: () => ({ served: kept.served }),
      setAccounts: (changes) => Object.assign(kept, z.strictObject({ served: z.number() }).parse(changes)),
      answers: () => ({ steps: { app: { secret: kept.secret } }, consent: { account: 'me' } }),
    };
  },
};
