import { html } from 'hono/html';
import type { Settings } from './settings.ts';

type Page = ReturnType<typeof html>;

function layout(title: string, content: Page): Page {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            max-width: 32rem;
            margin: 3rem auto;
            padding: 0 1rem;
          }
          fieldset {
            border: 1px solid #cfd9de;
            border-radius: 0.5rem;
            margin: 1rem 0;
          }
          label {
            display: block;
            padding: 0.25rem 0;
          }
          code {
            overflow-wrap: anywhere;
          }
          button {
            font: inherit;
            padding: 0.5rem 1.25rem;
          }
          small {
            color: #536471;
          }
        </style>
      </head>
      <body>
        <p><small>Simulated X. Nothing here reaches the real one.</small></p>
        ${content}
      </body>
    </html>`;
}

/** The page on which a person agrees: which account, what the app asks for, and two buttons. All or nothing, as at X. */
export function consentPage(asked: readonly string[], settings: Settings): Page {
  const accounts = settings.accounts.map(
    ({ name }, index) =>
      html`<label>
        <input type="radio" name="account" value="${name}" ${index === 0 ? 'checked' : ''} /> @${name}
      </label>`,
  );
  return layout(
    'Authorize app',
    html`<h1>platform-api-connector wants to access your X account</h1>
      <form method="post" data-consent>
        <fieldset>
          <legend>Signed in as</legend>
          ${accounts}
        </fieldset>
        <p>Things this app can view or do:</p>
        <ul>
          ${asked.map((one) => html`<li>${one}</li>`)}
        </ul>
        <button name="decision" value="approve">Authorize app</button>
        <button name="decision" value="deny">Cancel</button>
      </form>`,
  );
}

/** X's own page for whatever is wrong with the request: the app never hears of it (2026-11-23) [O]. */
export function faultPage(why: string): Page {
  return layout(
    'Something went wrong',
    html`<h1>Something went wrong</h1>
      <p>You weren’t able to give access to the app. Go back and try logging in again.</p>
      <p><small>${why}</small></p>`,
  );
}

/** The page of the simulated console that the portal steps link to: what there is to copy, by step. */
export function consolePage(steps: Readonly<Record<string, Readonly<Record<string, string>>>>): Page {
  const parts = Object.entries(steps).map(([step, values]) => {
    const rows = Object.entries(values).map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd><code>${value}</code></dd>`,
    );
    return html`<h2>${step}</h2>
      <dl>${rows}</dl>`;
  });
  return layout(
    'X developer console',
    html`<h1>X developer console</h1>
      ${parts}`,
  );
}
