import { html } from 'hono/html';
import type { DialogRequest } from './dialog-request.ts';
import { pagesOf, type World } from './world.ts';

type Page = ReturnType<typeof html>;

const meanings: Readonly<Record<string, string>> = {
  pages_show_list: 'Show a list of the Pages you manage',
  pages_read_engagement: 'Read content posted on the Page',
  pages_manage_posts: 'Create and manage content on your Page',
  pages_manage_engagement: 'Create and manage comments on your Page',
  business_management: 'Manage your business',
  instagram_basic: 'Access profile and posts from the Instagram account connected to your Page',
  instagram_content_publish: 'Upload media and create posts for the Instagram account connected to your Page',
  read_insights: 'Read insights of your Page',
};

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
            border: 1px solid #ccd0d5;
            border-radius: 0.5rem;
            margin: 1rem 0;
          }
          label {
            display: block;
            padding: 0.25rem 0;
          }
          button {
            font: inherit;
            padding: 0.5rem 1.25rem;
          }
          small {
            color: #606770;
          }
        </style>
      </head>
      <body>
        <p><small>Simulated Facebook. Nothing here reaches the real one.</small></p>
        ${content}
      </body>
    </html>`;
}

/**
 * The consent page: which account, which Pages, which permissions; each can be declined. The real one asks on several
 * pages and leaves permissions behind "Edit access"; here all is on one page, ticked, so that a person needs one click. [U]
 */
export function dialogPage(request: DialogRequest, world: World): Page {
  const { accounts } = world.settings();
  const people = accounts.map(
    ({ name }, index) =>
      html`<label
        ><input type="radio" name="account" value="${name}" ${index === 0 ? 'checked' : ''} /> ${name}</label
      >`,
  );
  const pages = accounts.flatMap((account) =>
    pagesOf(account).map(
      ({ id, name, instagram }) =>
        html`<label>
          <input type="checkbox" name="page" value="${id}" checked /> ${name}
          <small>${account.name}${instagram === null ? '' : `, Instagram: ${instagram.username}`}</small>
        </label>`,
    ),
  );
  const scopes = request.scopes.map(
    (scope) =>
      html`<label>
        <input type="checkbox" name="scope" value="${scope}" checked /> ${meanings[scope] ?? scope}<br /><small
          >${scope}</small
        >
      </label>`,
  );
  return layout(
    'Log in With Facebook',
    html`<h1>platform-api-connector is requesting access</h1>
      <form method="post" data-consent>
        <fieldset>
          <legend>Continue as</legend>
          ${people}
        </fieldset>
        <fieldset>
          <legend>What Pages do you want to use?</legend>
          ${pages}
        </fieldset>
        <fieldset>
          <legend>What is platform-api-connector allowed to do?</legend>
          ${scopes}
        </fieldset>
        <button name="decision" value="approve">Continue</button>
        <button name="decision" value="deny">Cancel</button>
      </form>`,
  );
}

/** Facebook's own page for what is wrong with the app or the link. */
export function faultPage(explanation: string): Page {
  return layout(
    'Error',
    html`<h1>Sorry, something went wrong</h1>
      <p>${explanation}</p>`,
  );
}

/** The page of the simulated dashboard that a portal step links to: what there is to copy. */
export function dashboardPage(values: Readonly<Record<string, string>>): Page {
  const rows = Object.entries(values).map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd><code>${value}</code></dd>`,
  );
  return layout(
    'Meta for Developers',
    html`<h1>Meta for Developers</h1>
      <dl>${rows}</dl>`,
  );
}
