import { createHmac } from 'node:crypto';
import type { Credentials } from '../../model/credentials.ts';
import type { InboundAnswer, InboundCall } from '../platform.ts';
import { appCredentials } from './credentials.ts';
import { readSignedRequest, type SignedPayload } from './signed-request.ts';

const refusal: InboundAnswer = {
  status: 400,
  body: { error: 'The signed_request is missing, or no app of this connector has signed it.' },
};

interface Verified {
  readonly payload: SignedPayload;
  readonly appSecret: string;
}

function verify(call: InboundCall): Verified | null {
  const signedRequest = readField(call);
  if (signedRequest === null) return null;
  for (const secret of secretsOf(call.apps)) {
    const payload = readSignedRequest(signedRequest, secret);
    if (payload !== null) return { payload, appSecret: secret };
  }
  return null;
}

function secretsOf(apps: readonly Credentials[]): readonly string[] {
  const parsed = apps.map((app) => appCredentials.safeParse(app));
  return [...new Set(parsed.flatMap((app) => (app.success ? [app.data.app_secret] : [])))];
}

function readField({ body, headers }: InboundCall): string | null {
  if (headers.get('content-type')?.startsWith('application/json') !== true) {
    return new URLSearchParams(body).get('signed_request');
  }
  try {
    const parsed: unknown = JSON.parse(body);
    const isObject = typeof parsed === 'object' && parsed !== null && 'signed_request' in parsed;
    return isObject && typeof parsed.signed_request === 'string' ? parsed.signed_request : null;
  } catch {
    return null;
  }
}

/** The person removed the app on Facebook. (2026-11-23) [U] */
function deauthorize(call: InboundCall): InboundAnswer {
  const verified = verify(call);
  if (verified === null) return refusal;
  const reason = 'The person removed the app on Facebook.';
  return { status: 200, body: {}, revoke: { field: 'user_id', value: verified.payload.user_id, reason } };
}

/**
 * The person asks that what is stored of them be deleted: the connections end, and with them their secrets. Meta shows the person
 * the address and the code. https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback (2026-11-23) [U]
 */
function dataDeletion(call: InboundCall): InboundAnswer {
  const verified = verify(call);
  if (verified === null) return refusal;
  const { payload, appSecret } = verified;
  const { user_id, issued_at = 0 } = payload;
  // Always the same for one request, which Meta may repeat, and no id of a person to be read from it.
  const code = createHmac('sha256', appSecret)
    .update(`data-deletion/${user_id}/${issued_at}`)
    .digest('hex')
    .slice(0, 24);
  const url = new URL('/inbound/facebook/data-deletion', call.publicUrl);
  url.searchParams.set('code', code);
  const reason = 'The person asked Facebook to have their data deleted.';
  return {
    status: 200,
    body: { url: url.href, confirmation_code: code },
    revoke: { field: 'user_id', value: user_id, reason },
  };
}

/** What Meta calls, under the names that the person enters in the app's settings. */
export const inbound = { deauthorize, 'data-deletion': dataDeletion } as const;
