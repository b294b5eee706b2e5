import type { Field, PortalStep } from '../../model/portal-step.ts';
import { redirectUriPlaceholder } from '../describe-platform.ts';
import { consolePages } from './console-pages.ts';
import { methods, tiers } from './credentials.ts';

// Pages and names of today's console (2026-11-23) [O 2026-08; the wording of buttons U].

const app: PortalStep = {
  kind: 'portal',
  id: 'app',
  title: 'Create an app in the X developer console',
  link: consolePages.home,
  instructions: [
    'Sign in with the X account that is to post, accept the developer agreement, and describe what you will do.',
    'Press Create App and give a name, a description and a use case. To use an app that you have, skip this.',
    'If the console shows API key, API secret and bearer token now, keep them: they are shown only once.',
  ],
  fields: [],
};

const planFields: readonly Field[] = [
  {
    name: 'tier',
    label: 'Plan',
    secret: false,
    required: true,
    default: 'pay_per_use',
    choices: tiers,
  },
  {
    name: 'billing_day',
    label: 'Billing day of the month (1–31)',
    secret: false,
    required: true,
    default: '1',
    pattern: '[1-9]|[12]\\d|3[01]',
    example: '14',
  },
  {
    name: 'monthly_posts',
    label: 'Posts a month, if the plan limits them (legacy free plan: 100)',
    secret: false,
    required: false,
    pattern: '\\d{1,9}',
    example: '100',
  },
  {
    name: 'spending_limit_usd',
    label: 'Spending limit a month in US dollars, if you set one',
    secret: false,
    required: false,
    pattern: '\\d{1,7}(\\.\\d{1,2})?',
    example: '25',
  },
];

/** Before all keys: without credits every call, and so every check of a key, is answered with 402 [C]. */
const billing: PortalStep = {
  kind: 'portal',
  id: 'billing',
  title: 'Buy credits and say which plan the account has',
  link: consolePages.billing,
  instructions: [
    'Buy credits: without them X answers every call with 402. A post costs $0.015, one with a link $0.20.',
    'Set a spending limit, and auto-recharge if posting must never stop.',
    'On a legacy plan (Free, Basic, Pro) buy nothing and choose that plan below.',
    'Give the day of the month on which the billing cycle begins: limits start anew then, not on the first.',
  ],
  fields: planFields,
};

const method: PortalStep = {
  kind: 'portal',
  id: 'method',
  title: 'Choose how the connector signs in',
  link: consolePages.apps,
  instructions: [
    'oauth1: for the account that owns the app. You copy keys and tokens from the console; they never expire.',
    'oauth2: for any account, which agrees on a page of X. Tokens live two hours and the connector renews them.',
  ],
  fields: [{ name: 'method', label: 'Method', secret: false, required: true, default: 'oauth1', choices: methods }],
};

/** A token keeps the permission that the app had when it was made [C]; hence this step before the one of the token. */
const permissions: PortalStep = {
  kind: 'portal',
  id: 'permissions',
  title: 'Let the app read and write',
  link: consolePages.apps,
  instructions: [
    'Open the app and, under User authentication settings, press Set up (or Edit).',
    'App permissions: choose Read and write. Do this before you generate an access token: a token keeps the permission that the app had when it was made.',
    'Type of App: choose Web App, Automated App or Bot.',
    `Callback URI: add ${redirectUriPlaceholder} to the letter, and the same address once with 127.0.0.1 and once with localhost.`,
    'Website URL: any page of yours. Press Save.',
  ],
  fields: [],
};

function secretField(name: string, label: string, example: string, pattern = '\\S+'): Field {
  return { name, label, secret: true, required: true, pattern, example };
}

const bearerField: Field = {
  ...secretField('bearer_token', 'Bearer token', 'AAAAAAAAAAAAA…%2F…%3D…'),
  required: false,
};

const apiKeys: PortalStep = {
  kind: 'portal',
  id: 'api-keys',
  title: 'Copy the API key and secret',
  link: consolePages.apps,
  instructions: [
    'Open the app → Keys and tokens. They are shown once: if you did not keep them, press Regenerate, which ends the old ones.',
    'Paste the API key and the API key secret below.',
    'Paste the bearer token just as it is, with every % sign. Left open, the connector asks X for it.',
  ],
  fields: [
    secretField('api_key', 'API key', 'xvz1evFS4wEEPTGEFPHBog'),
    secretField('api_secret', 'API key secret', 'L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg'),
    bearerField,
  ],
};

const accessToken: PortalStep = {
  kind: 'portal',
  id: 'access-token',
  title: 'Generate the access token and secret',
  link: consolePages.apps,
  instructions: [
    'Open the app → Keys and tokens → Access Token and Secret. Check that Read and write is shown beside it.',
    'Press Generate (or Regenerate, which ends the old one) and paste both below.',
    'The connector makes one signed call to see whose they are and what they may do.',
  ],
  fields: [
    secretField('access_token', 'Access token', '2244994945-AbCdEf…', '\\d+-\\S+'),
    secretField('access_token_secret', 'Access token secret', 'J6zix3FfA9LofH0awS24M3HcBYXO5nI1iYe8EfBA'),
  ],
};

const client: PortalStep = {
  kind: 'portal',
  id: 'client',
  title: 'Set up OAuth 2.0 and copy the client',
  link: consolePages.apps,
  instructions: [
    'Open the app and, under User authentication settings, press Set up (or Edit).',
    'App permissions: Read and write. Type of App: Web App, Automated App or Bot; it gets a client secret.',
    `Callback URI: add ${redirectUriPlaceholder} to the letter, and the same address once with 127.0.0.1 and once with localhost.`,
    'Press Save and copy the client ID and the client secret: the secret is shown only once.',
    'For a Native App or Single page App leave the secret open: such a client has none.',
  ],
  fields: [
    {
      name: 'client_id',
      label: 'Client ID',
      secret: false,
      required: true,
      pattern: '[\\w-]+',
      example: 'VGNibzFWSREZX1hGZ0tLdXhxdzU6MTpjaQ',
    },
    { ...secretField('client_secret', 'Client secret', 'Rg6ieKGEKhZolGC0vJWLw8iEJ88DRdyO-L8qq9PZy'), required: false },
    { ...bearerField, label: 'Bearer token of the app, to see how much was read' },
  ],
};

/** What a person does in X's console, in this order; `permissions` to `access-token` or `client`, by the method. */
export const portalSteps = { app, billing, method, permissions, apiKeys, accessToken, client } as const;
