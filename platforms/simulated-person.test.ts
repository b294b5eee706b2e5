import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { closeServer, listenOnLoopback } from './simulator-http.ts';
import { visitConsentPage } from './simulated-person.ts';

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  return listenOnLoopback(server, 0);
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map(closeServer));
});

const page = `<form method="post" data-consent>
  <input type="hidden" name="token" value="t&amp;1">
  <input type="radio" name="account" value="first" checked><input type="radio" name="account" value="second">
  <input type="checkbox" name="scope" value="https://x.example/auth/read"><input type="checkbox" name="scope" value="write">
  <button name="decision" value="approve">Continue</button><button name="decision" value="deny">Cancel</button></form>`;

/** A platform that shows what was sent to it, at the address of its page. */
async function servePlatform(): Promise<string> {
  const port = await serve((request, response) => {
    if (request.method === 'GET') return void response.end(page);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => response.end(`<p>${request.url ?? ''} ${body.replaceAll('&', ' ')}</p>`));
  });
  return `http://127.0.0.1:${port}/auth?state=s`;
}

it('agrees to everything as the first account unless told otherwise', async () => {
  const { text } = await visitConsentPage(await servePlatform());
  expect(text).toBe(
    '/auth?state=s token=t%261 account=first scope=https%3A%2F%2Fx.example%2Fauth%2Fread scope=write decision=approve',
  );
});

it('chooses the account and ticks only the scopes that it is told', async () => {
  const { text } = await visitConsentPage(await servePlatform(), { account: 'second', scopes: ['read'] });
  expect(text).toContain('account=second scope=https%3A%2F%2Fx.example%2Fauth%2Fread decision=approve');
});

it('cancels', async () => {
  expect((await visitConsentPage(await servePlatform(), { approve: false })).text).toContain('decision=deny');
});

it('says what the page offers when it lacks the account', async () => {
  const visit = visitConsentPage(await servePlatform(), { account: 'third' });
  await expect(visit).rejects.toThrow("The page offers no account 'third'. It offers: first, second.");
});

it('tells what an error page says, without its markup', async () => {
  const blocked = `<!DOCTYPE html>\n<html><head><title>Error</title><style>p { color: red }</style></head>
    <body><h1>Access blocked</h1><p>redirect_uri_mismatch</p></body></html>`;
  const port = await serve((_request, response) => response.writeHead(400).end(blocked));
  const { status, text } = await visitConsentPage(`http://127.0.0.1:${port}/auth`);
  expect({ status, lines: text.split(/\s*\n\s*/) }).toEqual({
    status: 400,
    lines: ['Access blocked', 'redirect_uri_mismatch'],
  });
});

it('brings the cookie of the first page to the callback, but no strict one: the way back is cross-site', async () => {
  const platform = await servePlatform();
  const redirecting = await serve((request, response) => {
    if (request.url?.startsWith('/callback') === true)
      return void response.end(`cookies: ${request.headers.cookie ?? '-'}`);
    response.setHeader('set-cookie', [
      'lax=1; SameSite=Lax; HttpOnly',
      'strict=1; SameSite=Strict',
      'gone=1; Max-Age=0',
    ]);
    response.writeHead(302, { location: platform.replace('/auth?', `/start?`) }).end();
  });
  const callback = `http://localhost:${redirecting}/callback`;
  const visit = visitConsentPage(`http://localhost:${redirecting}/consent/1`, {
    fetch: async (url, init) =>
      init.method === 'POST' ? new Response(null, { status: 302, headers: { location: callback } }) : fetch(url, init),
  });
  const { status, text, url, visited } = await visit;
  expect([status, text, url]).toEqual([200, 'cookies: lax=1', callback]);
  expect(visited.map((address) => new URL(address).pathname)).toEqual(['/consent/1', '/start', '/start', '/callback']);
});

it('gives up on redirects that never end', async () => {
  const port = await serve((_request, response) => response.writeHead(302, { location: '/again' }).end());
  await expect(visitConsentPage(`http://127.0.0.1:${port}/`)).rejects.toThrow('More than 20 redirects');
});
