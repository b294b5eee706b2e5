import { parse } from 'node-html-parser';
import { createCookieJar, type CookieJar } from './simulated-person-cookies.ts';
import { fillConsentForm, type Submission } from './simulated-person-form.ts';

export interface ConsentVisit {
  /** Which account agrees; the page's own preset unless said. */
  readonly account?: string;
  /** False: the person cancels. */
  readonly approve?: boolean;
  /** The scopes to tick, whole or by their last segment; all that are offered unless said. */
  readonly scopes?: readonly string[];
  /** What to choose in other groups of the form, by their name. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  readonly fetch?: (url: URL, init: RequestInit) => Promise<Response>;
}

/** Where the person ended up. */
export interface ConsentVisitResult {
  readonly url: string;
  readonly status: number;
  /** What the last page says, without markup. */
  readonly text: string;
  /** Every address on the way, without its query. */
  readonly visited: readonly string[];
}

interface Page {
  readonly url: URL;
  readonly status: number;
  readonly html: string;
}

interface Browser {
  readonly jar: CookieJar;
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>;
  readonly visited: string[];
}

const pageLimit = 10;
const redirectLimit = 20;

/**
 * Plays the person at simulated consent pages: opens `url`, follows redirects with cookies as a browser would, fills in
 * every form marked `data-consent`, and ends at the first page without one, normally the callback's. Rejects when a
 * page does not offer what the visit wants, and when a way does not end.
 */
export async function visitConsentPage(url: string | URL, visit: ConsentVisit = {}): Promise<ConsentVisitResult> {
  const browser: Browser = {
    jar: createCookieJar(),
    fetch: visit.fetch ?? ((address, init) => fetch(address, init)),
    visited: [],
  };
  const wish = {
    approve: visit.approve ?? true,
    choices: {
      ...visit.choices,
      ...(visit.account === undefined ? {} : { account: [visit.account] }),
      ...(visit.scopes === undefined ? {} : { scope: visit.scopes }),
    },
  };
  let page = await navigate(browser, { method: 'GET', url: new URL(url), fields: new URLSearchParams() }, null);
  for (let pages = 0; pages < pageLimit; pages += 1) {
    const submission = fillConsentForm(page.html, page.url, wish);
    if (submission === null) {
      const text = readableText(page.html);
      return { url: page.url.href, status: page.status, text, visited: browser.visited };
    }
    page = await navigate(browser, submission, page.url);
  }
  throw new Error(`After ${pageLimit} consent pages there is still another one at ${page.url.host}.`);
}

async function navigate(browser: Browser, first: Submission, from: URL | null): Promise<Page> {
  let { method, url } = first;
  let body: URLSearchParams | null = first.fields;
  if (method === 'GET' && body.size > 0) url = new URL(`?${body.toString()}`, url);
  let crossSite = from !== null && from.hostname !== url.hostname;
  for (let redirects = 0; redirects <= redirectLimit; redirects += 1) {
    const response = await load(browser, { method, url, body: method === 'POST' ? body : null }, crossSite);
    const location = response.headers.get('location');
    if (location === null || response.status < 300 || response.status >= 400) {
      return { url, status: response.status, html: await response.text() };
    }
    await response.body?.cancel();
    if (response.status !== 307 && response.status !== 308) {
      method = 'GET';
      body = null;
    }
    const next = new URL(location, url);
    crossSite ||= next.hostname !== url.hostname;
    url = next;
  }
  throw new Error(`More than ${redirectLimit} redirects, the last to ${url.host}.`);
}

async function load(
  { jar, fetch: open, visited }: Browser,
  { method, url, body }: { method: string; url: URL; body: URLSearchParams | null },
  crossSite: boolean,
): Promise<Response> {
  visited.push(`${url.origin}${url.pathname}`);
  const cookie = jar.headerFor(url, { method, crossSite });
  const headers: Record<string, string> = { accept: 'text/html' };
  if (cookie !== null) headers['cookie'] = cookie;
  const response = await open(url, { method, headers, body, redirect: 'manual' });
  jar.store(url, response);
  return response;
}

function readableText(html: string): string {
  // The parser takes the doctype for text.
  const document = parse(html.replace(/^\s*<!doctype[^>]*>/i, ''));
  for (const hidden of document.querySelectorAll('head, script, style')) hidden.remove();
  return document.structuredText.trim();
}
