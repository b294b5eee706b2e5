import type { Grant } from '../../model/credentials.ts';
import { PlatformFailure } from '../../model/failure.ts';
import type { PlatformContext } from '../platform.ts';
import type { AppCredentials } from './credentials.ts';
import { modeOf } from './mode.ts';
import { derivePageToken } from './pages.ts';
import { inspectToken, instantOf, type InspectedToken } from './tokens.ts';

/** What `debug_token` tells of a connection: scopes, the end of the token, the end of data access. */
export function inspectedGrant(inspected: InspectedToken, now: Date): Grant {
  const dataAccessEndsAt = instantOf(inspected.data_access_expires_at);
  if (dataAccessEndsAt !== null && Date.parse(dataAccessEndsAt) <= now.getTime()) {
    throw new PlatformFailure({
      kind: 'needs_consent',
      code: 'data_access_expired',
      cause: 'Facebook ended the access to data: the last consent is more than 90 days old.',
      remedy: 'Run `connector reconnect facebook` and agree again.',
    });
  }
  return {
    credentials: { data_access_expires_at: dataAccessEndsAt ?? '' },
    scopes: inspected.scopes,
    expiresAt: instantOf(inspected.expires_at),
    consentExpiresAt: dataAccessEndsAt,
  };
}

/**
 * The Page's token, derived from the long-lived user token and proved to have no end. Throws PlatformFailure when it has one,
 * because such a token dies within the hour or the day; otherwise what `diagnose` understands.
 */
export async function pageGrant(
  from: AppCredentials & { readonly page_id: string; readonly user_access_token: string },
  context: PlatformContext,
): Promise<Grant> {
  const page = await derivePageToken(from, { pageId: from.page_id, userToken: from.user_access_token }, context);
  const inspected = await inspectToken(from, page.access_token, context);
  if (inspected.expires_at !== 0 || inspected.type !== 'PAGE') throw notPermanent(inspected);
  const grant = inspectedGrant(inspected, context.clock.now());
  const name = page.name === '' ? {} : { page_name: page.name };
  return {
    ...grant,
    credentials: { ...grant.credentials, page_access_token: page.access_token, ...name },
    ...modeOf(from),
  };
}

function notPermanent({ type, expires_at }: InspectedToken): PlatformFailure {
  const end = instantOf(expires_at);
  return new PlatformFailure({
    kind: 'needs_consent',
    code: 'page_token_not_permanent',
    cause:
      type === 'PAGE'
        ? `The Page token ends at ${end ?? 'an unknown time'}: the user token behind it is not a long-lived one.`
        : 'Facebook gave a token that is not one of a Page.',
    remedy:
      'Agree again: the connector then exchanges the user token for a long-lived one before it asks for the Page.',
  });
}
