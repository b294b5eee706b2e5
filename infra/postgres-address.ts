import { tlsOf, wordsOfLibpq } from './postgres-tls.ts';

/** The parts of a postgres:// URL that other clients ask for one by one. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  /** Who logs in; behind a pooler of many tenants its name has more to it than the role's. */
  readonly user: string;
  /** The role that this is inside the database. */
  readonly role: string;
  readonly password: string;
  readonly database: string;
  /** libpq's word; where the URL says nothing, `disable` on this machine and `verify-full` elsewhere. */
  readonly sslMode: string;
  readonly sslRootCertificate: string | undefined;
}

/** Who logs in to which database of a server. */
export interface PostgresLogin {
  /** The role's name. */
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Takes a postgres:// URL apart. Throws an error that never repeats the URL, because it holds a password. */
export function parsePostgresUrl(text: string): PostgresAddress {
  const url = parsed(text);
  if (url === null || url.username === '') {
    throw new Error(
      'The administrator’s database URL is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE. ' +
        'Percent-encode special characters of the password, and set it again (DATABASE_ADMIN_URL or connector:databaseAdminUrl).',
    );
  }
  const { protection, authority } = tlsOf(url);
  const user = decodeURIComponent(url.username);
  const tenant = tenantOf(url);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    role: user.slice(0, user.length - tenant.length),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    sslMode: wordsOfLibpq[protection],
    sslRootCertificate: authority ?? undefined,
  };
}

/** The same server and TLS options as `serverUrl`, for another login. */
export function postgresUrlFor(serverUrl: string, login: PostgresLogin): string {
  parsePostgresUrl(serverUrl);
  const url = new URL(serverUrl);
  return withLogin(url, login, tenantOf(url));
}

/**
 * The URL of a login that goes through a pooler. `poolerUrl` names its address; TLS is the server's unless it says
 * otherwise; of a user `NAME.TENANT` the tenant is put behind the role's name, as Supabase's poolers want it.
 */
export function pooledUrlFor(poolerUrl: string, serverUrl: string, login: PostgresLogin): string {
  const url = parsed(poolerUrl);
  if (url === null) {
    throw new Error(
      'The pooler’s URL is not of the form postgres://HOST:PORT. Set it again (DATABASE_POOLED_URL or connector:databasePooledUrl).',
    );
  }
  if (!url.searchParams.has('sslmode') && !url.searchParams.has('sslrootcert')) {
    const server = new URL(serverUrl).searchParams;
    for (const name of ['sslmode', 'sslrootcert']) {
      const value = server.get(name);
      if (value !== null) url.searchParams.set(name, value);
    }
  }
  const [, tenant = ''] = /(\..+)$/.exec(decodeURIComponent(url.username)) ?? [];
  return withLogin(url, login, tenant);
}

function parsed(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '' ? null : url;
}

function withLogin(url: URL, login: PostgresLogin, tenant: string): string {
  const { protection } = tlsOf(url);
  url.username = encodeURIComponent(login.user + tenant);
  url.password = encodeURIComponent(login.password);
  url.pathname = `/${encodeURIComponent(login.database)}`;
  // Said to whoever reads it: a client that takes silence for plain text must not.
  if (!url.searchParams.has('sslmode') && protection !== 'plain') url.searchParams.set('sslmode', 'verify-full');
  return url.href;
}

/**
 * Supabase's shared pooler in session mode is the only address of its servers in IPv4 networks, and its logins are
 * `ROLE.PROJECT`. Elsewhere a dot belongs to the role's name.
 * https://supabase.com/docs/guides/database/connecting-to-postgres (checked 2026-11-23)
 */
function tenantOf(url: URL): string {
  if (!url.hostname.endsWith('.pooler.supabase.com')) return '';
  return /\.[^.]+$/.exec(decodeURIComponent(url.username))?.[0] ?? '';
}
