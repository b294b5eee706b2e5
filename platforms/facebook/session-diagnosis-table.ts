import { reconnect, type DiagnosisRow } from './diagnosis-row.ts';

const integrations = 'https://www.facebook.com/settings?tab=business_tools';

const session = (subcode: number | undefined, sample: string, cause: string, remedy: string): DiagnosisRow => ({
  code: 190,
  ...(subcode !== undefined && { subcode }),
  sample,
  kind: 'needs_consent',
  cause,
  remedy,
});

/**
 * Dead tokens. Also what `debug_token` says with status 200, inside `data`.
 * https://developers.facebook.com/docs/graph-api/guides/error-handling (2026-11-23) [458–460 O, 463 C; texts as marked in the README]
 */
export const sessionRows: readonly DiagnosisRow[] = [
  {
    ...session(
      458,
      'Error validating access token: The user has not authorized application {id}.',
      'The person removed the app on Facebook.',
      reconnect,
    ),
    link: integrations,
  },
  {
    ...session(
      459,
      'Error validating access token: The session is invalid because the user is checkpointed.',
      'Facebook holds the account of the person back until they log in and pass a check.',
      'Log in at facebook.com with that account and do what it asks. Nothing else helps, and the token then works again or a new consent does.',
    ),
    link: 'https://www.facebook.com/',
  },
  session(
    460,
    'Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.',
    'The person changed their password, or Facebook ended the session for security reasons.',
    reconnect,
  ),
  session(
    463,
    'Error validating access token: Session has expired on Sunday, 25-Dec-16 04:45:57 PST. The current time is Thursday, 05-Jan-17 03:13:18 PST.',
    'The token has expired.',
    reconnect,
  ),
  {
    ...session(
      464,
      'Error validating access token: Sessions for the user are not allowed because the user is not a confirmed user.',
      'The Facebook account of the person is not confirmed.',
      'Log in at facebook.com, confirm the account, and then agree again.',
    ),
    link: 'https://www.facebook.com/',
  },
  session(
    467,
    'Error validating access token: The session is invalid because the user logged out.',
    'The session of the token ended, for example because the person logged out everywhere.',
    reconnect,
  ),
  {
    ...session(
      492,
      'Error validating access token: The user no longer has the needed role on the Page.',
      'The person lost the role on the Page.',
      `Give the role back (Page → Settings → Page access), with permission to create content. Then: ${reconnect}`,
    ),
    link: 'https://www.facebook.com/settings/?tab=profile_access',
  },
  session(
    493,
    "The access token is invalid since the user hasn't engaged the app in longer than 90 days.",
    'Facebook ended the access to data: the last consent is more than 90 days old.',
    reconnect,
  ),
  session(
    undefined,
    'Invalid OAuth access token - Cannot parse access token',
    'Facebook does not accept the token: it is cut off, was revoked, or belongs to another app.',
    reconnect,
  ),
  {
    code: 102,
    sample: 'Session key invalid or no longer valid',
    kind: 'needs_consent',
    cause: 'Facebook ended the session of the token.',
    remedy: reconnect,
  },
];
