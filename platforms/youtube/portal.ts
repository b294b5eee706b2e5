import type { PortalStep } from '../../model/portal-step.ts';
import { redirectUriPlaceholder } from '../describe-platform.ts';
import { publishingStatuses } from './credentials.ts';
import { neededScopes } from './scopes.ts';

// Pages and names of today's Google Auth Platform console (2026-11-23) [O; the wording of buttons U].
const googleConsole = 'https://console.cloud.google.com';

const project: PortalStep = {
  kind: 'portal',
  id: 'project',
  title: 'Create a Google Cloud project',
  link: `${googleConsole}/projectcreate`,
  instructions: [
    'Sign in with any Google account; it need not own the channel.',
    'Give the project a name and press Create. To use a project that you have, skip this.',
    'Choose that project at the top of the page: all further steps happen in it.',
  ],
  fields: [],
};

const enableApi: PortalStep = {
  kind: 'portal',
  id: 'enable-api',
  title: 'Enable the YouTube Data API v3',
  link: `${googleConsole}/apis/library/youtube.googleapis.com`,
  instructions: [
    'Check that the project of the first step is chosen at the top of the page.',
    'Press Enable. The page then shows Manage; it works a few minutes later.',
  ],
  fields: [],
};

const branding: PortalStep = {
  kind: 'portal',
  id: 'branding',
  title: 'Name the app',
  link: `${googleConsole}/auth/overview`,
  instructions: [
    'Press Get started. If the page shows numbers instead, this has been done already: skip this.',
    'Give an app name, which people see when they agree, and a support e-mail address.',
    'Audience: choose External. Internal is only for accounts of your own Google Workspace.',
    'Give a contact address, accept the user data policy, and press Create.',
  ],
  fields: [],
};

/**
 * Testing → at most 100 named users and 7-day refresh tokens [O]; production without verification → a warning screen and
 * at most 100 users in total, but tokens that last [C/U]. (2026-11-23)
 */
const audience: PortalStep = {
  kind: 'portal',
  id: 'audience',
  title: 'Publish the app, so that permissions last',
  link: `${googleConsole}/auth/audience`,
  instructions: [
    'Press Publish app and confirm: the status changes to In production. You need not apply for verification: people see a warning screen, and up to 100 of them can agree.',
    'If you stay in Testing, add the Google account that owns the channel under Test users. Google then ends the permission 7 days after each consent, and somebody must agree again every week.',
    'Say below which of the two it is.',
  ],
  fields: [
    {
      name: 'publishing_status',
      label: 'Publishing status',
      secret: false,
      required: true,
      default: 'production',
      choices: publishingStatuses,
    },
  ],
};

const dataAccess: PortalStep = {
  kind: 'portal',
  id: 'data-access',
  title: 'Name the permissions that the app asks for',
  link: `${googleConsole}/auth/scopes`,
  instructions: [
    'Press Add or remove scopes.',
    ...neededScopes.map(({ scope }) => `Find and tick ${scope}, or paste it under "Manually add scopes".`),
    'Press Update, then Save.',
  ],
  fields: [],
};

/**
 * A web client, not a desktop one: its redirect URI is registered, so that nobody else can receive a code, and only
 * for it a later consent can add to what was granted before (2026-11-23) [I].
 */
const client: PortalStep = {
  kind: 'portal',
  id: 'client',
  title: 'Create the OAuth client',
  link: `${googleConsole}/auth/clients`,
  instructions: [
    'Press Create client and choose Web application.',
    `Under Authorized redirect URIs press Add URI and paste exactly ${redirectUriPlaceholder}`,
    'Press Create. Copy the client ID and the client secret now, or download the JSON: the secret is shown only once.',
    'Paste both below. The connector asks Google at once whether they belong together.',
  ],
  fields: [
    {
      name: 'client_id',
      label: 'Client ID',
      secret: false,
      required: true,
      pattern: '[\\w-]+\\.apps\\.googleusercontent\\.com',
      example: '123456789012-abcdefghijklmnop.apps.googleusercontent.com',
    },
    {
      name: 'client_secret',
      label: 'Client secret',
      secret: true,
      required: true,
      pattern: '\\S+',
      example: 'GOCSPX-…',
    },
  ],
};

/** What a person does in Google's console, in this order. */
export const portalSteps = { project, enableApi, branding, audience, dataAccess, client } as const;
