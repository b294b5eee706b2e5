import { createHmac } from 'node:crypto';
import { sameSecret } from '../../simulator-secrets.ts';

type Pair = readonly [name: string, value: string];

/** A request as its signature covers it (RFC 5849, 3.4). */
export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  /** All parameters of the Authorization header, the signature among them. */
  readonly authorization: ReadonlyMap<string, string>;
  /** The fields of a form body; other bodies are not signed. */
  readonly form: readonly Pair[];
}

/** The parameters of an `Authorization: OAuth …` header; null when it is none, or repeats one. */
export function readAuthorization(header: string | null): ReadonlyMap<string, string> | null {
  const [, list] = /^OAuth\s+(.+)$/is.exec(header ?? '') ?? [];
  if (list === undefined) return null;
  const parameters = new Map<string, string>();
  for (const part of list.split(',')) {
    const [, name, value] = /^\s*([\w.~%-]+)="([^"]*)"\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined) return null;
    const key = decode(name);
    const decoded = decode(value);
    if (key === null || decoded === null || parameters.has(key)) return null;
    parameters.set(key, decoded);
  }
  return parameters;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Percent-encoding of RFC 3986, which RFC 5849 (3.6) demands: only unreserved characters stay. */
export function percentEncode(text: string): string {
  const rest = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, rest);
}

/** What HMAC-SHA1 is computed over. */
export function signatureBase({ method, url, authorization, form }: SignedRequest): string {
  const header = [...authorization].filter(([name]) => name !== 'oauth_signature' && name !== 'realm');
  // The library repeats `oauth_token` of the header in the body of /oauth/access_token and signs it once [T].
  const body = form.filter(([name, value]) => !(name.startsWith('oauth_') && authorization.get(name) === value));
  const encoded = [...header, ...url.searchParams, ...body].map(([name, value]) => [
    percentEncode(name),
    percentEncode(value),
  ]);
  const sorted = encoded.map(([name = '', value = '']) => ({ name, value })).sort(byNameThenValue);
  const parameters = sorted.map(({ name, value }) => `${name}=${value}`).join('&');
  return [method.toUpperCase(), `${url.origin}${url.pathname}`, parameters].map(percentEncode).join('&');
}

interface Encoded {
  readonly name: string;
  readonly value: string;
}

// By bytes: percent-encoded texts are ASCII, so comparing code units is that; a locale would put `_` elsewhere.
function byNameThenValue(left: Encoded, right: Encoded): number {
  return compare(left.name, right.name) || compare(left.value, right.value);
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** True when the signature is the one that these two secrets give; the token's is empty where there is no token. */
export function isSignedWith(request: SignedRequest, secrets: { consumer: string; token: string }): boolean {
  const signature = request.authorization.get('oauth_signature');
  if (signature === undefined || request.authorization.get('oauth_signature_method') !== 'HMAC-SHA1') return false;
  const key = `${percentEncode(secrets.consumer)}&${percentEncode(secrets.token)}`;
  return sameSecret(signature, createHmac('sha1', key).update(signatureBase(request)).digest('base64'));
}
