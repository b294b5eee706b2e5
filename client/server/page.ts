import type { Remedy } from '../../model/failure.ts';
import { html, raw } from 'hono/html';
import { isWebLink, renderFact, renderForm, renderItem, renderSection } from './page-parts.ts';
import type { Form, Link, Markup, Section } from './page-parts.ts';
import { style, styleHash } from './page-style.ts';
import { securityHeaders } from './problem.ts';

/** What a person sees in the browser. All texts are escaped. */
export interface Page {
  readonly title: string;
  /** `good`: done · `waiting`: something is left to do · `bad`: it did not work. */
  readonly tone: 'good' | 'waiting' | 'bad' | 'plain';
  readonly paragraphs: readonly string[];
  readonly link?: Link | undefined;
  /** One act that a person may do here. */
  readonly form?: Form;
  /** Short facts, by their names. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  readonly sections?: readonly Section[];
  /** Where else to go. */
  readonly links?: readonly Link[];
}

/** A page with its status and the headers that keep it alone: no script, no frame, no referrer, no cache. */
export async function pageResponse(page: Page, status: number): Promise<Response> {
  return new Response(String(await render(page)), { status, headers: headersFor(page) });
}

/** A page that tells cause and remedy of something that did not work, with the platform's link or a given one. */
export function remedyPage(title: string, remedy: Remedy, link?: Page['link']): Page {
  const own = remedy.link === undefined ? undefined : { href: remedy.link, text: 'Open the page that this is about' };
  return { title, tone: 'bad', paragraphs: [remedy.cause, remedy.remedy], link: link ?? own };
}

function headersFor({ form }: Page): Record<string, string> {
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    ...securityHeaders,
    // No window that another page has opened, and nothing that another page embeds, shows any of it.
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Content-Security-Policy': [
      "default-src 'none'",
      `style-src 'sha256-${styleHash}'`,
      "base-uri 'none'",
      form === undefined ? "form-action 'none'" : "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}

// Under `no-referrer`, browsers say of a form's request that it comes from nowhere (`Origin: null`), as a forged one does:
// https://fetch.spec.whatwg.org/#append-a-request-origin-header (checked 2026-11-23). So a page with a form lets them tell
// the bare origin. The address with its ticket is told to nobody either way, and links tell nothing at all.
const tellsOrigin = html`<meta name="referrer" content="strict-origin" />`;

function render({ title, tone, paragraphs, link, form, facts = [], sections = [], links = [] }: Page): Markup {
  const shown = links.filter(isWebLink);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${form === undefined ? '' : tellsOrigin}
        <title>${title}</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <main class="${tone}${sections.length === 0 ? '' : ' wide'}">
          <h1>${title}</h1>
          ${paragraphs.map((text) => html`<p>${text}</p>`)}
          ${isWebLink(link) ? html`<a class="act" rel="noreferrer" href="${link.href}">${link.text}</a>` : ''}
          ${facts.length === 0 ? '' : html`<dl>${facts.map(renderFact)}</dl>`} ${sections.map(renderSection)}
          ${
            shown.length === 0
              ? ''
              : html`<ul>
                  ${shown.map(renderItem)}
                </ul>`
          }
          ${form === undefined ? '' : renderForm(form)}
          <footer>Platform connector</footer>
        </main>
      </body>
    </html>`;
}
