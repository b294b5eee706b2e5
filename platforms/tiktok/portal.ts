import type { PortalStep } from '../../model/portal-step.ts';
import { redirectUriPlaceholder } from '../describe-platform.ts';
import { clientPlatforms } from './credentials.ts';
import { appsPage } from './diagnosis-row.ts';
import { neededScopes } from './scopes.ts';

// Pages and names of developers.tiktok.com (2026-11-23) [O; the wording of buttons U].

const developerAccount: PortalStep = {
  kind: 'portal',
  id: 'developer-account',
  title: 'Become a TikTok developer',
  link: 'https://developers.tiktok.com/',
  instructions: [
    'Sign up or log in at developers.tiktok.com. TikTok API for Business and TikTok Shop are other portals and do not fit.',
    'Optionally create an organisation, so that the app does not hang on one person.',
  ],
  fields: [],
};

/** The app type cannot be changed later (2026-11-23) [C]. */
const app: PortalStep = {
  kind: 'portal',
  id: 'app',
  title: 'Create the app',
  link: appsPage,
  instructions: [
    'Press Connect an app.',
    'Choose the owner, give a name that creators will recognise, and choose the app type Other: it cannot be changed later.',
  ],
  fields: [],
};

/**
 * Web: https only. Desktop: localhost or 127.0.0.1 with a port, http or https (2026-11-23) [O].
 * https://developers.tiktok.com/doc/login-kit-desktop
 */
const appDetails: PortalStep = {
  kind: 'portal',
  id: 'app-details',
  title: 'Describe the app',
  link: appsPage,
  instructions: [
    'Give the app an icon, a category and a description.',
    'Give the addresses of your terms of service and your privacy policy: public pages, on a domain of yours.',
    'Verify that these addresses are yours: press Verify URL properties, choose the domain or the prefix, and put up the record or file that TikTok shows.',
    `Under Platforms tick Desktop if ${redirectUriPlaceholder} is on this machine, or Web if it begins with https://. Say below which one it is.`,
    'Press Save.',
  ],
  fields: [
    {
      name: 'client_platform',
      label: 'Platform',
      secret: false,
      required: true,
      default: 'desktop',
      choices: clientPlatforms,
    },
  ],
};

const products: PortalStep = {
  kind: 'portal',
  id: 'products',
  title: 'Add Login Kit and the Content Posting API',
  link: appsPage,
  instructions: [
    'Under Products press Add products and add Login Kit.',
    `In Login Kit, under your platform, paste exactly ${redirectUriPlaceholder} as redirect URI. A slash more or less at its end is another address.`,
    'Add the Content Posting API and switch Direct Post on.',
    'Press Save.',
  ],
  fields: [],
};

const appScopes: PortalStep = {
  kind: 'portal',
  id: 'app-scopes',
  title: 'Name the permissions that the app asks for',
  link: appsPage,
  instructions: ['Under Scopes press Add scopes.', ...neededScopes.map(({ scope }) => `Add ${scope}.`), 'Press Save.'],
  fields: [],
};

/**
 * At most 5 sandboxes an app [O] and 10 target users a sandbox [U]; nothing works in one before Apply changes.
 * https://developers.tiktok.com/doc/add-a-sandbox (2026-11-23)
 */
const sandbox: PortalStep = {
  kind: 'portal',
  id: 'sandbox',
  title: 'Create a sandbox, to sign in before the review',
  link: appsPage,
  instructions: [
    'Switch from Production to Sandbox at the top of the app and press Create Sandbox; take over the settings of production.',
    `Check that the sandbox has Login Kit with ${redirectUriPlaceholder}, the Content Posting API and all scopes.`,
    'Under Sandbox settings add the TikTok account that will post as a target user; it logs in to confirm.',
    'Press Apply changes: nothing of this works before.',
  ],
  fields: [],
};

const clientPattern = '[A-Za-z0-9]{10,64}';

const sandboxClient: PortalStep = {
  kind: 'portal',
  id: 'sandbox-client',
  title: "Copy the sandbox's client key and secret",
  link: appsPage,
  instructions: [
    'Stay in Sandbox. Under Credentials copy the client key, then press the eye and copy the client secret.',
    'Paste both below. The connector asks TikTok at once whether they belong together.',
  ],
  fields: [
    {
      name: 'client_key',
      label: 'Client key (sandbox)',
      secret: false,
      required: true,
      pattern: clientPattern,
      example: 'sbawabcdefghijklmn',
    },
    { name: 'client_secret', label: 'Client secret (sandbox)', secret: true, required: true, pattern: '\\S+' },
  ],
};

const productionClient: PortalStep = {
  kind: 'portal',
  id: 'production-client',
  title: 'Copy the client key and secret of production',
  link: appsPage,
  instructions: [
    'Open the app and switch to Production. Under Credentials copy the client key, then press the eye and copy the client secret.',
    'Paste both below. The connector asks TikTok at once whether they belong together. The connection goes on with the sandbox until you have agreed again.',
  ],
  fields: [
    {
      name: 'production_client_key',
      label: 'Client key (production)',
      secret: false,
      required: true,
      pattern: clientPattern,
      example: 'awabcdefghijklmnop',
    },
    {
      name: 'production_client_secret',
      label: 'Client secret (production)',
      secret: true,
      required: true,
      pattern: '\\S+',
    },
  ],
};

/** What a person does in TikTok's portal; all but the last one come before the first consent. */
export const portalSteps = {
  developerAccount,
  app,
  appDetails,
  products,
  appScopes,
  sandbox,
  sandboxClient,
  productionClient,
} as const;
