import type { TestServer } from './server.ts';

/** A browser at the address of the tests' server, as far as cookies and the headers go that pages cannot change. */
export interface TestBrowser {
  open(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Presses the button of a form on a page of that origin; by default one of the server's own. */
  submit(path: string, values?: Record<string, string>, from?: string): Promise<Response>;
  /** What it would send; null: nothing. */
  cookie(): string | null;
  setCookie(cookie: string): void;
}

/** Opens pages at `publicUrl`, and keeps the one cookie that it is given last. */
export function createTestBrowser({ app }: Pick<TestServer, 'app'>, publicUrl: string): TestBrowser {
  const own = new URL(publicUrl);
  let cookie: string | null = null;
  const send = async (path: string, more: Record<string, string>, form?: URLSearchParams): Promise<Response> => {
    const headers = { Host: own.host, ...(cookie === null ? {} : { Cookie: cookie }), ...more };
    const init = form === undefined ? {} : { method: 'POST', body: form.toString() };
    const response = await app.request(path, { ...init, headers });
    for (const given of response.headers.getSetCookie()) {
      cookie = given.includes('Max-Age=0') ? null : (given.split(';')[0] ?? null);
    }
    return response;
  };
  return {
    open: (path, headers = {}) => send(path, { 'Sec-Fetch-Site': 'none', ...headers }),
    submit: (path, values = {}, from = own.origin) => {
      const headers = {
        'Content-Type': 'application/x-www-form-urlencoded',
        Origin: from,
        'Sec-Fetch-Site': siteOf(from, own),
      };
      return send(path, headers, new URLSearchParams(values));
    },
    cookie: () => cookie,
    setCookie: (given) => {
      cookie = given;
    },
  };
}

function siteOf(from: string, own: URL): string {
  if (from === own.origin) return 'same-origin';
  // Ports do not count: to browsers, all of one machine's programs are the same site.
  return URL.canParse(from) && new URL(from).hostname === own.hostname ? 'same-site' : 'cross-site';
}
