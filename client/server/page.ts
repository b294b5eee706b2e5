import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { Remedy } from '../../model/failure.ts';
import { securityHeaders } from './problem.ts';

/** What a person sees in the browser. All texts are escaped. */
export interface Page {
  readonly title: string;
  /** `good`: done · `waiting`: something is left to do · `bad`: it did not work. */
  readonly tone: 'good' | 'waiting' | 'bad' | 'plain';
  readonly paragraphs: readonly string[];
  readonly link?: { readonly href: string; readonly text: string } | undefined;
}

/** A page with its status and the headers that keep it alone: no script, no frame, no referrer, no cache. */
export async function pageResponse(page: Page, status: number): Promise<Response> {
  return new Response(String(await render(page)), { status, headers: pageHeaders });
}

/** A page that tells cause and remedy of something that did not work, with the platform's link or a given one. */
export function remedyPage(title: string, remedy: Remedy, link?: Page['link']): Page {
  const own = remedy.link === undefined ? undefined : { href: remedy.link, text: 'Open the page that this is about' };
  return { title, tone: 'bad', paragraphs: [remedy.cause, remedy.remedy], link: link ?? own };
}

const style = `
:root { color-scheme: light dark; --ink: #1c2127; --soft: #5b6570; --page: #f5f6f4; --card: #fff; --line: #e2e5e1; --accent: #2f6f5e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebe9; --soft: #9aa5a0; --page: #14181a; --card: #1c2224; --line: #2c3437; --accent: #7cc4ae; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--page);
  color: var(--ink); font: 1.05rem/1.6 system-ui, sans-serif; }
main { width: 100%; max-width: 34rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  padding: 2.25rem 2.5rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 .75rem; font-size: 1.45rem; line-height: 1.3; font-weight: 620; letter-spacing: -.01em; }
h1::before { content: ""; display: inline-block; width: .6rem; height: .6rem; margin-right: .65rem; border-radius: 50%;
  background: var(--dot, transparent); vertical-align: .12em; }
.plain h1::before { display: none; }
.good { --dot: #2e9e6b; } .waiting { --dot: #d79a2b; } .bad { --dot: #cc5a4b; }
p { margin: .5rem 0 0; color: var(--soft); }
p:first-of-type { color: var(--ink); }
a { display: inline-block; margin-top: 1.5rem; padding: .55rem 1.1rem; border-radius: 9px; border: 1px solid var(--accent);
  color: var(--accent); text-decoration: none; font-weight: 550; }
a:hover, a:focus-visible { background: var(--accent); color: var(--card); }
footer { margin-top: 1.75rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }
`;

const styleHash = createHash('sha256').update(style).digest('base64');

const pageHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  ...securityHeaders,
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};

function render({ title, tone, paragraphs, link }: Page): ReturnType<typeof html> {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <main class="${tone}">
          <h1>${title}</h1>
          ${paragraphs.map((text) => html`<p>${text}</p>`)}
          ${isWebLink(link?.href) ? html`<a href="${link?.href}">${link?.text}</a>` : ''}
          <footer>Platform connector</footer>
        </main>
      </body>
    </html>`;
}

/** Links come from our own tables and from platforms' folders; anything that a browser would run is left out. */
function isWebLink(href: string | undefined): boolean {
  return href !== undefined && (/^https?:\/\//.test(href) || /^\/(?!\/)/.test(href));
}
