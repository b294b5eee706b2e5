import { isAbsolute } from 'node:path';

/**
 * How a connection is protected. `plain` on this machine or where the URL says so; `unchecked` only where it says so;
 * else the server must prove who it is, `authority` without and `full` with its name.
 */
export interface PostgresTls {
  readonly protection: 'plain' | 'unchecked' | 'authority' | 'full';
  /** The file of the authority's certificate; null: the authorities that everybody trusts. */
  readonly authority: string | null;
}

/**
 * What a postgres:// URL says about TLS, in libpq's words and node-postgres's `no-verify`. Only two things differ from
 * libpq: nothing said means `verify-full` beyond this machine, and so do `allow`, `prefer` and `require`, because
 * libpq's meaning of these lets anybody on the way read along.
 * https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION (checked 2026-11-23)
 */
export function tlsOf(url: URL): PostgresTls {
  const mode = url.searchParams.get('sslmode');
  const authority = authorityOf(url);
  if (mode === 'disable') return { protection: 'plain', authority: null };
  if (mode === 'no-verify') return { protection: 'unchecked', authority: null };
  if (mode === 'verify-ca' && authority !== null) return { protection: 'authority', authority };
  if (mode === null && authority === null && isThisMachine(url)) return { protection: 'plain', authority: null };
  return { protection: 'full', authority };
}

/**
 * The URL for node-postgres, which takes a URL that says nothing for one without TLS, and asks for a certificate's name
 * even with `verify-ca`. https://node-postgres.com/features/ssl (checked 2026-11-23)
 */
export function urlForNode(databaseUrl: string): string {
  // Not every address of a socket is a URL, and a URL may already speak node-postgres's own words.
  if (!URL.canParse(databaseUrl)) return databaseUrl;
  const url = new URL(databaseUrl);
  if (url.searchParams.has('uselibpqcompat') || url.searchParams.has('ssl')) return databaseUrl;
  const { protection, authority } = tlsOf(url);
  url.searchParams.delete('sslrootcert');
  if (protection === 'authority') url.searchParams.set('uselibpqcompat', 'true');
  url.searchParams.set('sslmode', wordsOfNode[protection]);
  if (authority !== null) url.searchParams.set('sslrootcert', authority);
  return url.href;
}

/** The word of libpq and of Go's driver, which the Pulumi provider uses. https://pkg.go.dev/github.com/lib/pq (checked 2026-11-23) */
export const wordsOfLibpq = { plain: 'disable', unchecked: 'require', authority: 'verify-ca', full: 'verify-full' };

const wordsOfNode = { plain: 'disable', unchecked: 'no-verify', authority: 'verify-ca', full: 'verify-full' };

function authorityOf(url: URL): string | null {
  const file = url.searchParams.get('sslrootcert') ?? '';
  // libpq's word for the authorities that everybody trusts.
  if (file === '' || file === 'system') return null;
  if (isAbsolute(file)) return file;
  throw new Error(
    `The database’s URL names its authority by sslrootcert=${file}: write the whole path, because programs in several folders read it.`,
  );
}

function isThisMachine(url: URL): boolean {
  const host = (url.searchParams.get('host') ?? url.hostname).replace(/^\[(.*)\]$/, '$1');
  return host === '' || host === 'localhost' || host === '::1' || /^(127\.|\/|%2f)/i.test(host);
}
