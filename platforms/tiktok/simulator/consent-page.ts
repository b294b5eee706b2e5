import { html } from 'hono/html';
import type { AuthorizationFault, AuthorizationRequest } from './authorization-request.ts';
import type { Settings } from './settings.ts';

type Page = ReturnType<typeof html>;

const meanings: Readonly<Record<string, string>> = {
  'user.info.basic': 'Read your profile info (open id, avatar, display name)',
  'user.info.profile': 'Read your additional profile info (username, bio, profile link)',
  'user.info.stats': 'Read your profile engagement statistics',
  'video.list': 'Read your public videos',
  'video.upload': 'Upload drafts to your account',
  'video.publish': 'Post content to your account',
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
            border: 1px solid #d0d0d3;
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
            color: #57575b;
          }
        </style>
      </head>
      <body>
        <p><small>Simulated TikTok. Nothing here reaches the real one.</small></p>
        ${content}
      </body>
    </html>`;
}

/** The consent page: which account, which permissions (each can be switched off), Continue and Cancel. */
export function consentPage(request: AuthorizationRequest, settings: Settings): Page {
  const accounts = settings.accounts.map(
    ({ name, displayName, username }, index) =>
      html`<label>
        <input type="radio" name="account" value="${name}" ${index === 0 ? 'checked' : ''} />
        ${displayName} <small>@${username}</small>
      </label>`,
  );
  const scopes = request.scopes.map(
    (scope) =>
      html`<label>
        <input type="checkbox" name="scope" value="${scope}" checked /> ${meanings[scope] ?? scope}<br />
        <small>${scope}</small>
      </label>`,
  );
  return layout(
    'Log in with TikTok',
    html`<h1>platform-api-connector would like to access your TikTok account</h1>
      ${request.stage === 'sandbox' ? html`<p>This app is in sandbox mode.</p>` : ''}
      <form method="post" data-consent>
        <fieldset>
          <legend>Account</legend>
          ${accounts}
        </fieldset>
        <fieldset>
          <legend>Permissions</legend>
          ${scopes}
        </fieldset>
        <button name="decision" value="approve">Continue</button>
        <button name="decision" value="deny">Cancel</button>
      </form>`,
  );
}

/** TikTok's own page for a fault of the link or of the app. */
export function faultPage(fault: AuthorizationFault): Page {
  return layout(
    'Error',
    html`<h1>Something went wrong</h1>
      <p>We couldn't log in with TikTok. This may be due to specific app settings. ${fault.message}</p>
      <p><strong>${fault.code}</strong></p>`,
  );
}

/** The page of the simulated portal that a portal step links to: what there is to copy, and how the review stands. */
export function portalPage(values: Readonly<Record<string, string>>): Page {
  const rows = Object.entries(values).map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd><code>${value}</code></dd>`,
  );
  return layout(
    'TikTok for Developers',
    html`<h1>TikTok for Developers</h1>
      <dl>${rows}</dl>`,
  );
}
