import type { Remedy } from '../../model/failure.ts';
import type { StepOutcome } from '../../model/portal-step.ts';
import { appsPage } from './diagnosis-row.ts';

interface CallbackRow {
  readonly code: string;
  readonly remedy: Remedy;
}

/**
 * What TikTok sends to the callback instead of a code, in `error`, and `errCode` for some older pages (2026-11-23) [O for
 * the words, U for where they arrive]. https://developers.tiktok.com/doc/oauth-error-handling
 */
export const callbackErrors: readonly CallbackRow[] = [
  {
    code: 'access_denied',
    remedy: {
      cause: 'The permission was not given: somebody pressed Cancel, or switched every permission off.',
      remedy: 'Open the consent link again, leave the permissions switched on, and press Continue.',
    },
  },
  {
    code: 'unauthorized_client',
    remedy: {
      cause:
        'TikTok does not let this client sign this account in: the app is not approved, or the account is no target user of its sandbox.',
      remedy:
        'In the sandbox, add the account as a target user and press Apply changes; in production, wait for the approval.',
      link: appsPage,
    },
  },
  {
    code: 'invalid_scope',
    remedy: {
      cause: 'The app asks for a scope that it has not been given.',
      remedy:
        'Add all scopes of the step "app-scopes" to the app, press Apply changes, and open the consent link again.',
      link: appsPage,
    },
  },
  {
    code: 'invalid_request',
    remedy: {
      cause:
        'TikTok did not accept the consent link: mostly the redirect URI differs from the registered one, or the app registered for another platform.',
      remedy: 'Compare the redirect URI of Login Kit to the letter, its slash at the end too, and open the link again.',
      link: appsPage,
    },
  },
  {
    code: 'invalid_client',
    remedy: {
      cause: 'TikTok knows no app with this client key.',
      remedy: 'Copy the client key again from the tab that the step names.',
      link: appsPage,
    },
  },
  {
    code: 'unsupported_response_type',
    remedy: {
      cause: 'TikTok did not understand the consent link of the connector.',
      remedy: 'Update the connector; if it is the newest, report this as a bug.',
    },
  },
  {
    code: 'server_error',
    remedy: { cause: 'TikTok has trouble of its own.', remedy: 'Open the consent link again in a few minutes.' },
  },
  {
    code: 'temporarily_unavailable',
    remedy: { cause: 'TikTok is busy or under maintenance.', remedy: 'Open the consent link again in a few minutes.' },
  },
];

/** Explains a callback without a code. Anybody can call it with any text: only a known word is repeated. */
export function refused(parameters: URLSearchParams, clientStep: string): StepOutcome {
  const words = [parameters.get('error'), parameters.get('errCode')];
  const row = callbackErrors.find(({ code }) => words.includes(code));
  return {
    outcome: 'refused',
    remedy: row?.remedy ?? {
      cause: 'TikTok sent an error that the connector does not know instead of a code.',
      remedy: `Open the consent link again. If it happens again, read what TikTok shows and check the step "${clientStep}".`,
    },
  };
}
