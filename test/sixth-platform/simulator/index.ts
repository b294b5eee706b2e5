import { randomUUID } from 'node:crypto';
import type { Simulator } from '../../../platforms/simulator.ts';

const page = '<form method="post" data-consent><button name="decision" value="approve">Agree</button></form>';
const secret = 'secret-of-sixth';

/** Rotates refresh tokens, each good for one use. */
export const simulator: Simulator = {
  platform: 'sixth',
  hosts: ['www.sixth.example', 'api.sixth.example'],
  loggedParameters: [],
  create: () => {
    const alive = new Set<string>();
    const token = async (request: Request): Promise<Response> => {
      const form = new URLSearchParams(await request.text());
      if (form.get('client_secret') !== secret) return Response.json({ error: 'invalid_client' });
      const spent = form.get('code') ?? form.get('refresh_token') ?? '';
      if (!alive.delete(spent)) return Response.json({ error: 'invalid_grant' });
      const refresh = randomUUID();
      alive.add(refresh);
      return Response.json({ access_token: randomUUID(), refresh_token: refresh, expires_in: 60, user: 'me' });
    };
    const authorize = (request: Request, url: URL): Response => {
      if (request.method === 'GET') return new Response(page, { headers: { 'content-type': 'text/html' } });
      const code = randomUUID();
      alive.add(code);
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.search = new URLSearchParams({ code, state: url.searchParams.get('state') ?? '' }).toString();
      return Response.redirect(back, 302);
    };
    return {
      handle: (request) => {
        const url = new URL(request.url);
        return url.pathname === '/token' ? token(request) : authorize(request, url);
      },
      accounts: () => ({}),
      setAccounts: () => ({}),
      answers: () => ({
        steps: { app: { client_id: 'sixth-1', client_secret: secret } },
        consent: { account: 'me' },
      }),
    };
  },
};
