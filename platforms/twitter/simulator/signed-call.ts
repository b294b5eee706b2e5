import { fingerprint, sameSecret } from '../../simulator-secrets.ts';
import { isSignedWith, readAuthorization, type SignedRequest } from './oauth1-signature.ts';
import type { World } from './world.ts';
import { codeFault, type XFault } from './x-fault.ts';

/** A signed request that was found good. */
export interface SignedCall {
  /** `oauth_token`; null: signed by the app alone. */
  readonly token: string | null;
  readonly parameters: ReadonlyMap<string, string>;
  readonly form: URLSearchParams;
}

const formType = 'application/x-www-form-urlencoded';

/**
 * Checks signature, time and nonce of an OAuth 1.0a request; `secretOf` knows the secrets of tokens. Throws XFault with
 * the codes of the older API: 215, 32, 89, 135.
 * https://docs.x.com/fundamentals/authentication/oauth-1-0a/authorizing-a-request (2026-11-23) [O; codes C/U]
 */
export async function checkSignature(
  request: Request,
  world: World,
  secretOf: (token: string) => string | undefined,
): Promise<SignedCall> {
  const authorization = readAuthorization(request.headers.get('authorization'));
  if (authorization === null) throw codeFault(401, 215, 'Bad Authentication data.');
  const isForm = (request.headers.get('content-type') ?? '').startsWith(formType);
  const form = new URLSearchParams(isForm ? await request.clone().text() : '');
  const token = authorization.get('oauth_token') ?? null;
  const tokenSecret = token === null ? '' : secretOf(token);
  const consumerKey = authorization.get('oauth_consumer_key') ?? '';
  if (!sameSecret(consumerKey, world.kept.apiKey)) throw notAuthenticated();
  if (tokenSecret === undefined) throw codeFault(401, 89, 'Invalid or expired token.');
  const signed: SignedRequest = { method: request.method, url: new URL(request.url), authorization, form: [...form] };
  if (!isSignedWith(signed, { consumer: world.kept.apiSecret, token: tokenSecret })) throw notAuthenticated();
  checkFreshness(authorization, world);
  return { token, parameters: authorization, form };
}

function notAuthenticated(): XFault {
  return codeFault(401, 32, 'Could not authenticate you.');
}

function checkFreshness(authorization: ReadonlyMap<string, string>, world: World): void {
  const timestamp = Number(authorization.get('oauth_timestamp'));
  const nonce = authorization.get('oauth_nonce') ?? '';
  const nowSeconds = Math.floor(world.nowMs() / 1_000);
  const tolerance = world.settings().clockToleranceSeconds;
  if (!Number.isInteger(timestamp) || Math.abs(nowSeconds - timestamp) > tolerance) {
    throw codeFault(401, 135, 'Timestamp out of bounds.');
  }
  const key = fingerprint(`${authorization.get('oauth_token') ?? ''} ${timestamp} ${nonce}`);
  const { nonces } = world.kept;
  // A nonce counts with its timestamp, so one that could not be sent again need not be remembered.
  for (const [known, seenSeconds] of Object.entries(nonces)) {
    if (Math.abs(nowSeconds - seenSeconds) > tolerance) Reflect.deleteProperty(nonces, known);
  }
  if (nonce === '' || nonces[key] !== undefined) throw notAuthenticated();
  nonces[key] = timestamp;
}
