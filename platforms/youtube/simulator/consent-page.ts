import { html } from 'hono/html';
import type { AuthorizationFault, AuthorizationRequest } from './authorization-request.ts';
import type { Settings } from './settings.ts';

type Page = ReturnType<typeof html>;

const meanings: Readonly<Record<string, string>> = {
  'youtube.upload': 'Manage your YouTube videos',
  'youtube.readonly': 'View your YouTube account',
  youtube: 'Manage your YouTube account',
  'youtube.force-ssl': 'See, edit, and permanently delete your YouTube videos, ratings, comments and captions',
  'yt-analytics.readonly': 'View YouTube Analytics reports for your YouTube content',
};

function layout(title: string, content: Page): Page {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          :root {
            color-scheme: light dark;
          }
          h1 {
            font-size: 1.5rem;
            line-height: 1.3;
          }
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            max-width: 32rem;
            margin: 3rem auto;
            padding: 0 1rem;
          }
          fieldset {
            border: 1px solid #c4c7c5;
            border-radius: 0.5rem;
            margin: 1rem 0;
            min-width: 0;
            overflow-wrap: anywhere;
          }
          label {
            display: block;
            padding: 0.25rem 0;
          }
          .warning {
            background: #fef7e0;
            color: #1f1f1f;
            border-radius: 0.5rem;
            padding: 0.75rem 1rem;
          }
          button {
            font: inherit;
            padding: 0.5rem 1.25rem;
          }
          small {
            opacity: 0.7;
          }
        </style>
      </head>
      <body>
        <p><small>Simulated Google. Nothing here reaches the real one.</small></p>
        ${content}
      </body>
    </html>`;
}

/**
 * The consent page: which account, which scopes (each can be declined), Continue and Cancel. The real page shows the
 * boxes unticked and asks on several pages; here they start ticked and all is on one page, so that a person needs one click.
 * https://developers.google.com/identity/protocols/oauth2/resources/granular-permissions (checked 2026-11-23 [U])
 */
export function consentPage(request: AuthorizationRequest, settings: Settings): Page {
  const preset = settings.accounts.find(({ name }) => name === request.loginHint) ?? settings.accounts[0];
  const accounts = settings.accounts.map(
    ({ name, channel }) =>
      html`<label>
        <input type="radio" name="account" value="${name}" ${name === preset?.name ? 'checked' : ''} />
        ${name} <small>${channel?.title ?? 'no YouTube channel'}</small>
      </label>`,
  );
  const scopes = request.scopes.map((scope) => {
    const meaning = meanings[scope.split('/').at(-1) ?? scope];
    return html`<label>
      <input type="checkbox" name="scope" value="${scope}" checked /> ${meaning ?? scope}<br /><small>${scope}</small>
    </label>`;
  });
  return layout(
    'Sign in with Google',
    html`<h1>platform-api-connector wants access to your Google Account</h1>
      ${warning(settings)}
      <form method="post" data-consent>
        <fieldset>
          <legend>Choose an account</legend>
          ${accounts}
        </fieldset>
        <fieldset>
          <legend>Select what the app can access</legend>
          ${scopes}
        </fieldset>
        <button name="decision" value="approve">Continue</button>
        <button name="decision" value="deny">Cancel</button>
      </form>`,
  );
}

function warning({ publishingStatus, verified, userType }: Settings): Page | '' {
  if (userType === 'internal') return '';
  if (publishingStatus === 'testing') {
    return html`<p class="warning">
      Google hasn’t verified this app. You’ve been given access to an app that’s currently being tested. You should only
      continue if you know the developer that invited you.
    </p>`;
  }
  if (verified) return '';
  return html`<p class="warning">
    Google hasn’t verified this app. The app is requesting access to sensitive info in your Google Account.
  </p>`;
}

/** Google's own page for a fault of the app's configuration. */
export function faultPage(fault: AuthorizationFault): Page {
  return layout(
    'Error',
    html`<h1>Access blocked: authorization error</h1>
      <p>${fault.message}</p>
      <p><strong>Error ${fault.status}: ${fault.code}</strong></p>`,
  );
}

/** The page of the simulated console that a portal step links to: what there is to copy. */
export function consolePage(values: Readonly<Record<string, string>>): Page {
  const rows = Object.entries(values).map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd><code>${value}</code></dd>`,
  );
  return layout(
    'Google Auth Platform',
    html`<h1>Google Auth Platform</h1>
      <dl>${rows}</dl>`,
  );
}
