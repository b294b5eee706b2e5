import { consolePages } from './console-pages.ts';
import type { DiagnosisRow } from './diagnosis-row.ts';

const regenerate =
  'Run `connector reconnect twitter`: it asks for a new access token or a new consent, whichever this connection uses.';

/** What concerns the account, its token or what it wrote. (2026-11-23) [C; 89 O; 135 and the 401 of code 401 U] */
export const accountRows: readonly DiagnosisRow[] = [
  {
    status: 401,
    when: { error: 89 },
    kind: 'needs_consent',
    code: '89',
    cause: 'The access token is dead: it was revoked, regenerated, or its app suspended.',
    remedy: regenerate,
    link: consolePages.connectedApps,
    example: { errors: [{ code: 89, message: 'Invalid or expired token.' }] },
  },
  {
    status: 401,
    when: { error: 135, anyStatus: true },
    kind: 'transient',
    code: '135',
    cause: 'X refused the time of the signature: the clock of this machine is off.',
    remedy: 'Set the clock of this machine, best by switching on time synchronisation. The keys are not the problem.',
    example: { errors: [{ code: 135, message: 'Timestamp out of bounds.' }] },
  },
  {
    status: 403,
    when: { problem: 'user-suspended' },
    kind: 'needs_consent',
    code: 'user-suspended',
    cause: 'X suspended the account.',
    remedy: 'Sign in to x.com with the account and follow the appeal that X shows there; then reconnect.',
    link: 'https://help.x.com/forms/account-access/appeals',
    example: {
      title: 'Forbidden',
      detail: 'User has been suspended.',
      type: 'https://api.twitter.com/2/problems/user-suspended',
      status: 403,
    },
  },
  // Content, not connection. `transient` is the one kind that leaves the connection alone.
  {
    status: 403,
    when: { says: 'duplicate content' },
    kind: 'transient',
    code: 'duplicate',
    cause: 'The account has posted this very text not long ago, and X takes none twice.',
    remedy: 'Check whether the earlier attempt was posted after all; if not, change the text.',
    example: {
      detail: 'You are not allowed to create a Tweet with duplicate content.',
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
    },
  },
  {
    status: 403,
    when: { says: 'not permitted to perform this action' },
    kind: 'transient',
    code: 'not_permitted',
    cause: 'X does not let this account do that, such as replying to a post whose author did not mention it.',
    remedy: 'Do something else; the connection is fine. By the API, replies are possible only when summoned.',
    example: {
      detail: 'You are not permitted to perform this action.',
      type: 'about:blank',
      title: 'Forbidden',
      status: 403,
    },
  },
  {
    status: 403,
    when: { error: 220 },
    kind: 'app_rejected',
    code: '220',
    cause: 'These credentials may not call this endpoint.',
    remedy: 'Set Read and write under User authentication settings, then regenerate the access token.',
    link: consolePages.apps,
    example: { errors: [{ code: 220, message: 'Your credentials do not allow access to this resource.' }] },
  },
  {
    status: 403,
    when: { title: 'Forbidden', problem: 'about:blank' },
    kind: 'transient',
    code: 'forbidden',
    cause: 'X refused this one call without saying why; a scope may be missing, or the content is not allowed.',
    remedy: 'Run `connector doctor twitter`, which compares what was granted with what is needed.',
    example: { title: 'Forbidden', type: 'about:blank', status: 403, detail: 'Forbidden' },
  },
  {
    status: 401,
    when: { title: 'Unauthorized' },
    kind: 'needs_consent',
    code: 'unauthorized',
    cause: 'X accepts neither the signature nor the token: a key was regenerated, or the permission was removed.',
    remedy: regenerate,
    link: consolePages.connectedApps,
    example: { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' },
  },
  {
    status: 503,
    when: { title: 'Service Unavailable' },
    kind: 'transient',
    code: 'http_503',
    cause: 'X answered 503: it has trouble of its own.',
    remedy: 'Nothing to do: the connector tries again by itself.',
    example: { title: 'Service Unavailable', detail: 'Service Unavailable', type: 'about:blank', status: 503 },
  },
];
