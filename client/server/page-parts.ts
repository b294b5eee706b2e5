import { html } from 'hono/html';

export interface Link {
  readonly href: string;
  readonly text: string;
}

/** A button that changes something; only pages of this server may press it. */
export interface Form {
  readonly action: '/login' | '/logout';
  readonly text: string;
  /** What goes along, unseen. */
  readonly values?: Readonly<Record<string, string>>;
}

/** Something with a heading of its own: a table, or things to do. */
export interface Section {
  readonly title: string;
  /** Said when there is nothing. */
  readonly empty: string;
  readonly head?: readonly string[];
  readonly rows?: readonly (readonly string[])[];
  readonly items?: readonly { readonly title: string; readonly text: string; readonly link: Link | undefined }[];
}

export type Markup = ReturnType<typeof html>;

/** One fact of a list of facts. */
export function renderFact([name, value]: readonly [string, string]): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

/** One link of a list of links. */
export function renderItem({ href, text }: Link): Markup {
  return html`<li><a rel="noreferrer" href="${href}">${text}</a></li>`;
}

/** A button with what it sends. */
export function renderForm({ action, text, values = {} }: Form): Markup {
  return html`<form method="post" action="${action}">
    ${Object.entries(values).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button class="act">${text}</button>
  </form>`;
}

/** A heading with its table or its list. */
export function renderSection({ title, empty, head = [], rows = [], items = [] }: Section): Markup {
  const isEmpty = rows.length === 0 && items.length === 0;
  return html`<h2>${title}</h2>
    ${isEmpty ? html`<p>${empty}</p>` : ''} ${rows.length === 0 ? '' : renderTable(head, rows)}
    ${
      items.length === 0
        ? ''
        : html`<ul>
            ${items.map(renderTask)}
          </ul>`
    }`;
}

/** Links come from our own tables and from platforms' folders; anything that a browser would run is left out. */
export function isWebLink(link: Link | undefined): link is Link {
  return link !== undefined && (/^https?:\/\//.test(link.href) || /^\/(?!\/)/.test(link.href));
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): Markup {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function renderTask({ title, text, link }: NonNullable<Section['items']>[number]): Markup {
  return html`<li>
    ${title}
    <p>${text}</p>
    ${isWebLink(link) ? html`<a rel="noreferrer" href="${link.href}">${link.text}</a>` : ''}
  </li>`;
}
