import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../client/sdk/index.ts';
import { parsePostgresUrl, pooledUrlFor, postgresUrlFor } from '../../infra/postgres-address.ts';
import { urlForNode } from '../../infra/postgres-tls.ts';
import { loadPlatforms } from '../../platforms/load.ts';
import { createSimulatedNetwork } from '../../platforms/network.ts';
import { createPool } from '../../store/index.ts';
import { createDatabase } from '../../store/database.ts';
import { testSettings } from '../clients.ts';
import { serverVariable } from '../database.ts';
import { startTlsPostgres, type TlsPostgres } from './tls-postgres.ts';

describe('a Postgres that takes encrypted connections only', () => {
  let server: TlsPostgres;
  beforeAll(async () => {
    server = await startTlsPostgres();
  });
  afterAll(() => server.stop());

  /** Whether the server saw the connection as encrypted, asked the way every program asks. */
  async function isEncrypted(url: string): Promise<unknown> {
    const pool = createPool({ databaseUrl: urlForNode(url), maxConnections: 1 });
    try {
      const text = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';
      return (await createDatabase(pool, { preparedStatements: true }).read<{ ssl: boolean }>({ text }, []))[0]?.ssl;
    } finally {
      await pool.end();
    }
  }

  it('is reached with its authority named in the URL', async () => {
    const sslrootcert = server.certificates.authority;
    for (const sslmode of ['verify-full', 'verify-ca', 'require', 'prefer']) {
      expect(await isEncrypted(server.adminUrl({ sslmode, sslrootcert })), sslmode).toBe(true);
    }
    expect(await isEncrypted(server.adminUrl({ sslrootcert }))).toBe(true);
  });

  it('under an authority that nobody knows is refused, saying what to add to the URL', async () => {
    for (const sslmode of ['verify-full', 'require']) {
      const remedy = 'sslmode=verify-full&sslrootcert=/path/to/ca.pem';
      await expect(isEncrypted(server.adminUrl({ sslmode }))).rejects.toThrow(remedy);
      const strange = server.adminUrl({ sslmode, sslrootcert: server.strangeAuthority });
      await expect(isEncrypted(strange)).rejects.toThrow(remedy);
    }
    await expect(isEncrypted(server.adminUrl({ sslrootcert: '/nowhere/ca.pem' }))).rejects.toThrow(
      /\/nowhere\/ca\.pem.*sslrootcert/,
    );
  });

  it('under another name than its certificate’s is refused, unless only its authority is to be checked', async () => {
    const sslrootcert = server.certificates.authority;
    const byNumber = (sslmode: string): string => server.adminUrl({ sslmode, sslrootcert }, '127.0.0.1');
    await expect(isEncrypted(byNumber('verify-full'))).rejects.toThrow(/for another name/);
    expect(await isEncrypted(byNumber('verify-ca'))).toBe(true);
  });

  it('tells a program that comes in plain text what to add, and a token’s reader too', async () => {
    const plain = server.adminUrl({});
    await expect(isEncrypted(plain)).rejects.toThrow('add sslmode=verify-full');
    const keyRing = [{ id: 'k1', key: Buffer.alloc(32).toString('base64') }];
    const settings = { ...testSettings, keyRing, databaseUrls: { worker: plain, reader: null, migrator: null } };
    const platforms = await loadPlatforms();
    const network = createSimulatedNetwork('http://127.0.0.1:1');
    const sdk = await connect({ settings, platforms, network, orchestration: null });
    const reading = sdk.getValidToken('youtube');
    await expect(reading).rejects.toThrow('add sslmode=verify-full');
    await expect(reading).rejects.not.toThrow(new URL(plain).password);
    await Promise.all([sdk.close(), network.close()]);
  });

  it('is asked for no certificate only where the URL says so', async () => {
    expect(await isEncrypted(server.adminUrl({ sslmode: 'no-verify' }))).toBe(true);
  });
});

describe('a Postgres without TLS', () => {
  it('is not talked to in plain text by a URL that wants TLS', async () => {
    const url = new URL(process.env[serverVariable] ?? '');
    for (const sslmode of ['prefer', 'require', 'verify-full', 'no-verify']) {
      url.searchParams.set('sslmode', sslmode);
      const pool = createPool({ databaseUrl: urlForNode(url.href), maxConnections: 1 });
      const reading = createDatabase(pool, { preparedStatements: true }).read({ text: 'select 1' }, []);
      await expect(reading, sslmode).rejects.toThrow('Turn TLS on in Postgres, or say sslmode=disable');
      await pool.end();
    }
  });
});

describe('a URL that says nothing of TLS', () => {
  const login = { user: 'connector_worker', password: 'pw', database: 'connector' };
  const sslModeOf = (url: string): string | null => new URL(url).searchParams.get('sslmode');

  it('means a checked certificate beyond this machine, for every program alike', () => {
    const remote = 'postgres://admin:pw@db.example/postgres';
    expect(sslModeOf(urlForNode(remote))).toBe('verify-full');
    expect(parsePostgresUrl(remote).sslMode).toBe('verify-full');
    expect(sslModeOf(postgresUrlFor(remote, login))).toBe('verify-full');
    expect(sslModeOf(urlForNode('postgres://admin:pw@db.example/x?sslmode=disable'))).toBe('disable');
    for (const host of ['127.0.0.1:5432', 'localhost', '[::1]:5432']) {
      expect(sslModeOf(urlForNode(`postgres://admin:pw@${host}/postgres`)), host).toBe('disable');
    }
  });

  it('takes the server’s words when it is the pooler’s', () => {
    const server = 'postgres://admin:pw@db.example/postgres?sslmode=verify-full&sslrootcert=/etc/ca.pem';
    expect(pooledUrlFor('postgres://pooler.example:6543?pgbouncer=true', server, login)).toBe(
      'postgres://connector_worker:pw@pooler.example:6543/connector?pgbouncer=true&sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem',
    );
    expect(sslModeOf(pooledUrlFor('postgres://127.0.0.1:6543?sslmode=disable', server, login))).toBe('disable');
  });

  it('names an authority by its whole path, or takes those that everybody trusts', () => {
    expect(() => urlForNode('postgres://a:hush@db.example/x?sslrootcert=ca.pem')).toThrow(/^(?!.*hush).*whole path/);
    const system = urlForNode('postgres://a:b@db.example/x?sslmode=verify-full&sslrootcert=system');
    expect(new URL(system).searchParams.has('sslrootcert')).toBe(false);
  });
});

describe('a pooler of many tenants', () => {
  const login = { user: 'connector_worker', password: 'pw', database: 'connector' };

  it('gets the tenant behind each role’s name', () => {
    const session = 'postgres://postgres.abcd:pw@aws-0-eu-west-1.pooler.supabase.com:5432/postgres';
    expect(parsePostgresUrl(session)).toMatchObject({ user: 'postgres.abcd', role: 'postgres' });
    expect(new URL(postgresUrlFor(session, login)).username).toBe('connector_worker.abcd');
    const transaction = 'postgres://postgres.abcd@aws-0-eu-west-1.pooler.supabase.com:6543';
    expect(new URL(pooledUrlFor(transaction, session, login)).username).toBe('connector_worker.abcd');
    expect(parsePostgresUrl('postgres://first.last:pw@db.example/x')).toMatchObject({ role: 'first.last' });
  });
});
