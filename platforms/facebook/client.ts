import type { Network } from '../network.ts';
import { appsecretProof } from './appsecret-proof.ts';
import { graphVersion } from './graph-version.ts';

/** What a fetch for the Graph API needs: where tokens come from, and the way out. */
export interface FacebookFetchOptions {
  /** Asked before each request; should be as cheap as reading a row. */
  readonly getAccessToken: () => Promise<string>;
  /** Given, every request proves that it knows the secret, which Meta demands where "Require App Secret" is on. */
  readonly appSecret?: string;
  readonly network: Network;
}

type NetworkFetch = Network['fetch'];

/** A fetch whose addresses are paths of the Graph API: `me?fields=id`, `/{page-id}/feed`. */
export type FacebookFetch = (path: string, init?: NonNullable<Parameters<NetworkFetch>[1]>) => ReturnType<NetworkFetch>;

const base = new URL(`https://graph.facebook.com/${graphVersion}/`);

/**
 * A fetch bound to the Graph API that stays valid by itself. Rejects with a TypeError, before anything is sent, when an address
 * leads to another host. `platform.diagnose` tells what a body with an error means.
 */
export function facebookFetch({ getAccessToken, appSecret, network }: FacebookFetchOptions): FacebookFetch {
  return async (path, init = {}) => {
    const url = resolve(path);
    const token = await getAccessToken();
    if (appSecret !== undefined) url.searchParams.set('appsecret_proof', appsecretProof(appSecret, token));
    const headers = new Headers(plainHeaders(init.headers));
    headers.set('authorization', `Bearer ${token}`);
    return network.fetch(url, { ...init, headers: Object.fromEntries(headers), redirect: 'error' });
  };
}

// An address of Meta's own, such as paging.next, holds the token: that one is dropped.
function resolve(path: string): URL {
  const url = new URL(path.replace(/^\/+/, ''), base);
  if (url.origin !== base.origin) {
    throw new TypeError(`facebookFetch sends the token to ${base.host} only, not to ${url.host}. Give a path.`);
  }
  url.searchParams.delete('access_token');
  url.searchParams.delete('appsecret_proof');
  return url;
}

function plainHeaders(headers: NonNullable<Parameters<NetworkFetch>[1]>['headers']): [string, string][] {
  if (headers === undefined) return [];
  if (Symbol.iterator in headers) return [...headers].map(([name, value]) => [name, value]);
  return Object.entries(headers).map(([name, value]) => [name, String(value)]);
}
