interface Cookie {
  readonly value: string;
  readonly sameSite: 'strict' | 'lax' | 'none';
}

/** How a request came about, which decides the cookies that a browser sends with it. */
export interface Navigation {
  readonly method: string;
  /** True when a page or a redirect of another host led here. */
  readonly crossSite: boolean;
}

/**
 * The cookies of one browsing session, by host (a browser does not tell ports apart either). SameSite is obeyed, since
 * the way back from a platform is a cross-site navigation: a strict cookie would be missing at the callback.
 */
export interface CookieJar {
  store(url: URL, response: Response): void;
  /** The Cookie header for a request; null: none. */
  headerFor(url: URL, navigation: Navigation): string | null;
}

/** An empty jar. */
export function createCookieJar(): CookieJar {
  const hosts = new Map<string, Map<string, Cookie>>();
  return {
    store: (url, response) => {
      const jar = hosts.get(url.hostname) ?? new Map<string, Cookie>();
      hosts.set(url.hostname, jar);
      for (const line of response.headers.getSetCookie()) storeCookie(jar, line);
    },
    headerFor: (url, navigation) => {
      const cookies = [...(hosts.get(url.hostname) ?? [])].filter(([, cookie]) => isSent(cookie, navigation));
      return cookies.length === 0 ? null : cookies.map(([name, { value }]) => `${name}=${value}`).join('; ');
    },
  };
}

function storeCookie(jar: Map<string, Cookie>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const [name, value] = splitPair(pair);
  const settings = new Map(
    attributes.map((attribute) => splitPair(attribute)).map(([key, set]) => [key.toLowerCase(), set]),
  );
  const maxAge = settings.get('max-age');
  const expires = settings.get('expires');
  const isGone =
    maxAge === undefined ? expires !== undefined && Date.parse(expires) <= Date.now() : Number(maxAge) <= 0;
  const sameSite = settings.get('samesite')?.toLowerCase();
  if (isGone) jar.delete(name);
  else jar.set(name, { value, sameSite: sameSite === 'strict' || sameSite === 'none' ? sameSite : 'lax' });
}

function splitPair(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

function isSent(cookie: Cookie, { method, crossSite }: Navigation): boolean {
  if (!crossSite || cookie.sameSite === 'none') return true;
  return cookie.sameSite === 'lax' && method === 'GET';
}
