/** The parts of a postgres:// URL that other clients ask for one by one. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** libpq's word; where the URL says nothing, `disable` on loopback and `require` elsewhere. */
  readonly sslMode: string;
  readonly sslRootCertificate: string | undefined;
}

/** Who logs in to which database of a server. */
export interface PostgresLogin {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Takes a postgres:// URL apart. Throws an error that never repeats the URL, because it holds a password. */
export function parsePostgresUrl(text: string): PostgresAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '' || url.username === '') {
    throw new Error(
      'The administrator’s database URL is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE. ' +
        'Percent-encode special characters of the password, and set it again (DATABASE_ADMIN_URL or connector:databaseAdminUrl).',
    );
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    sslMode: url.searchParams.get('sslmode') ?? (isLoopback(host) ? 'disable' : 'require'),
    sslRootCertificate: url.searchParams.get('sslrootcert') ?? undefined,
  };
}

/** The same server and TLS options as `serverUrl`, for another login. */
export function postgresUrlFor(serverUrl: string, login: PostgresLogin): string {
  parsePostgresUrl(serverUrl);
  const url = new URL(serverUrl);
  url.username = encodeURIComponent(login.user);
  url.password = encodeURIComponent(login.password);
  url.pathname = `/${encodeURIComponent(login.database)}`;
  return url.href;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
