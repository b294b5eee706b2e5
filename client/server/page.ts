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
  readonly link?: Link | undefined;
  /** Short facts, by their names. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** Where else to go. */
  readonly links?: readonly Link[];
}

export interface Link {
  readonly href: string;
  readonly text: string;
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
  padding: clamp(1.5rem, 6vw, 2.25rem) clamp(1.25rem, 6vw, 2.5rem); overflow-wrap: anywhere; }
h1 { margin: 0 0 .75rem; font-size: 1.45rem; line-height: 1.3; font-weight: 620; letter-spacing: -.01em; }
h1::before { content: ""; display: inline-block; width: .6rem; height: .6rem; margin-right: .65rem; border-radius: 50%;
  background: var(--dot, transparent); vertical-align: .12em; }
.plain h1::before { display: none; }
.good { --dot: #2e9e6b; } .waiting { --dot: #d79a2b; } .bad { --dot: #cc5a4b; }
p { margin: .5rem 0 0; color: var(--soft); }
p:first-of-type { color: var(--ink); }
a { color: var(--accent); text-underline-offset: .2em; }
.act { display: inline-block; margin-top: 1.5rem; padding: .55rem 1.1rem; border-radius: 9px; border: 1px solid var(--accent);
  text-decoration: none; font-weight: 550; }
.act:hover, .act:focus-visible { background: var(--accent); color: var(--card); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(5.5rem, 1fr)); gap: .8rem 1rem; margin: 1.5rem 0 0; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; }
ul { margin: 1.5rem 0 0; padding: 0; list-style: none; display: grid; gap: .45rem; }
footer { margin-top: 1.75rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem; }
`;

// Of the element's whole content: a blank more between the tags, and browsers refuse it.
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

function render({ title, tone, paragraphs, link, facts = [], links = [] }: Page): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <main class="${tone}">
          <h1>${title}</h1>
          ${paragraphs.map((text) => html`<p>${text}</p>`)}
          ${isWebLink(link) ? html`<a class="act" href="${link.href}">${link.text}</a>` : ''}
          ${facts.length === 0 ? '' : html`<dl>${facts.map(renderFact)}</dl>`}
          ${
            links.length === 0
              ? ''
              : html`<ul>
                  ${links.filter(isWebLink).map(renderItem)}
                </ul>`
          }
          <footer>Platform connector</footer>
        </main>
      </body>
    </html>`;
}

type Markup = ReturnType<typeof html>;

function renderFact([name, value]: readonly [string, string]): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function renderItem({ href, text }: Link): Markup {
  return html`<li><a href="${href}">${text}</a></li>`;
}

/** Links come from our own tables and from platforms' folders; anything that a browser would run is left out. */
function isWebLink(link: Link | undefined): link is Link {
  return link !== undefined && (/^https?:\/\//.test(link.href) || /^\/(?!\/)/.test(link.href));
}
