import type { PortalStep } from '../../model/portal-step.ts';
import { redirectUriPlaceholder } from '../describe-platform.ts';
import { appModes, methods } from './credentials.ts';
import { wantedScopes } from './scopes.ts';

// Pages and names of today's use-case flow (2026-11-23) [O; the wording of buttons U].
const apps = 'https://developers.facebook.com/apps';

const developer: PortalStep = {
  kind: 'portal',
  id: 'developer',
  title: 'Register as a Meta developer',
  link: 'https://developers.facebook.com/',
  instructions: [
    'Sign in with the Facebook account that manages the Page; any other account can be added later.',
    'Press Get Started and follow it. If the page shows My Apps instead, this has been done already: skip this.',
  ],
  fields: [],
};

const app: PortalStep = {
  kind: 'portal',
  id: 'app',
  title: 'Create the app',
  link: apps,
  instructions: [
    'Press Create App and give a name and an e-mail address.',
    'Choose two use cases: "Manage everything on your Page" and "Manage messaging & content on Instagram".',
    'Connect a business portfolio, or say that you do so later.',
    'Press Create app.',
  ],
  fields: [],
};

const permissions: PortalStep = {
  kind: 'portal',
  id: 'page-permissions',
  title: 'Add the permissions for the Page',
  link: apps,
  instructions: [
    'Open the app: Dashboard → the use case "Manage everything on your Page" → Customize → Permissions.',
    ...wantedScopes
      .filter(({ scope }) => !scope.startsWith('instagram_'))
      .map(({ scope }) => `Press Add at ${scope}, unless it is there already.`),
    'Also add pages_manage_engagement to answer comments and read_insights for metrics, if you want them.',
  ],
  fields: [],
};

const instagramPermissions: PortalStep = {
  kind: 'portal',
  id: 'instagram-permissions',
  title: 'Add the permissions for Instagram',
  link: apps,
  instructions: [
    'Open the app: Dashboard → the use case "Manage messaging & content on Instagram" → Customize.',
    'Choose "API setup with Facebook login", not the one with Instagram login: one Page token then serves both.',
    'Press Add at instagram_basic and at instagram_content_publish. Without an Instagram account, skip this.',
  ],
  fields: [],
};

const login: PortalStep = {
  kind: 'portal',
  id: 'login-settings',
  title: 'Let the connector receive the answer',
  link: apps,
  instructions: [
    'Open the app: Facebook Login (for Business) → Settings.',
    'Switch on Client OAuth login and Web OAuth login.',
    `If this connector has an https address, paste exactly ${redirectUriPlaceholder} under Valid OAuth Redirect URIs. A http://localhost address needs nothing while the app is unpublished, and cannot be used once it is published.`,
    'Press Save changes.',
  ],
  fields: [],
};

const appCredentials: PortalStep = {
  kind: 'portal',
  id: 'app-credentials',
  title: 'Copy app ID and app secret',
  link: apps,
  instructions: [
    'Open the app: App settings → Basic.',
    'Copy the App ID. Press Show and copy the App secret.',
    'To publish the app later, fill in privacy policy URL, data deletion URL, category and icon here.',
    'Paste both below. The connector asks Facebook at once whether they belong together.',
  ],
  fields: [
    {
      name: 'app_id',
      label: 'App ID',
      secret: false,
      required: true,
      pattern: '\\d{5,20}',
      example: '1234567890123456',
    },
    {
      name: 'app_secret',
      label: 'App secret',
      secret: true,
      required: true,
      pattern: '[0-9a-f]{32}',
      example: '0a1b2c…',
    },
  ],
};

const roles: PortalStep = {
  kind: 'portal',
  id: 'roles',
  title: 'Name the people who will agree',
  link: apps,
  instructions: [
    'Open the app: App roles → Roles.',
    'Add every person who will agree while the app is unpublished. They accept under developers.facebook.com/requests.',
    'If only you will agree, there is nothing to do: the creator of the app has a role.',
  ],
  fields: [],
};

/** While unpublished, posts are visible to role holders only. (2026-11-23) [U] */
const appMode: PortalStep = {
  kind: 'portal',
  id: 'app-mode',
  title: 'Say whether the app is published',
  link: apps,
  instructions: [
    'Open the app and press Publish in the menu on the left; older pages call it switching to Live.',
    'Publishing wants the entries of App settings → Basic, and an https address for the callback. People without a role on the app then need its App Review.',
    'Unpublished is enough to set everything up and to try it, but only people with a role on the app see what is posted.',
    'Say below which of the two it is.',
  ],
  fields: [
    {
      name: 'app_mode',
      label: 'App mode',
      secret: false,
      required: true,
      default: 'unpublished',
      choices: appModes,
    },
  ],
};

const instagramAccount: PortalStep = {
  kind: 'portal',
  id: 'instagram-account',
  title: 'Link the Instagram account to the Page',
  link: 'https://www.facebook.com/settings/?tab=linked_instagram',
  instructions: [
    'In the Instagram app: Settings → Account type → switch to a professional account (Business or Creator).',
    'On Facebook, as the Page: Settings → Linked accounts → Instagram → Connect account.',
    'Complete two-factor login and Page Publishing Authorization if the Page asks for them: posts are refused otherwise.',
    'Without an Instagram account, skip this.',
  ],
  fields: [],
};

const method: PortalStep = {
  kind: 'portal',
  id: 'method',
  title: 'Choose how to give the permission',
  link: 'https://developers.facebook.com/tools/explorer/',
  instructions: [
    'login: agree on the page of Facebook. This is the usual way.',
    'explorer_token: mint a user token by hand in the Graph API Explorer and paste it. Useful where the callback cannot be reached.',
  ],
  fields: [{ name: 'method', label: 'Method', secret: false, required: true, default: 'login', choices: methods }],
};

const userToken: PortalStep = {
  kind: 'portal',
  id: 'user-token',
  title: 'Paste a user token from the Graph API Explorer',
  link: 'https://developers.facebook.com/tools/explorer/',
  instructions: [
    'Choose your app at "Meta App" and "User Token" at "User or Page".',
    `Add these permissions: ${wantedScopes.map(({ scope }) => scope).join(', ')}.`,
    'Press Generate Access Token, tick the Page and its Instagram account, and leave every permission on.',
    'Paste the token below within the hour. The connector exchanges it for a long-lived one at once.',
  ],
  fields: [
    {
      name: 'user_access_token',
      label: 'User access token',
      secret: true,
      required: true,
      pattern: 'EAA[A-Za-z0-9]{20,}',
      example: 'EAA…',
    },
  ],
};

/** What a person does at Meta, in this order. */
export const portalSteps = {
  developer,
  app,
  permissions,
  instagramPermissions,
  login,
  appCredentials,
  roles,
  appMode,
  instagramAccount,
  method,
  userToken,
} as const;
