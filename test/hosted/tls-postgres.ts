import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { startEmbeddedPostgres } from '../../infra/embedded-postgres.ts';
import { postgresEngine } from '../../infra/engines/postgres.ts';
import { ordinaryUser } from '../../infra/ordinary-user.ts';
import { query } from '../database.ts';

/** The files of a private authority and of a certificate that it signed. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** A Postgres as hosts run it: TLS or nothing, under an authority of its own, with an administrator who is no superuser. */
export interface TlsPostgres {
  readonly port: number;
  /** The role's name. */
  readonly administrator: string;
  readonly certificates: Certificates;
  /** An authority that has signed nothing here. */
  readonly strangeAuthority: string;
  /** For looking behind the program's back; the only login that may come without TLS. */
  readonly superuserUrl: string;
  /** Of the administrator, who may create databases and roles, with these options. */
  adminUrl(options: Readonly<Record<string, string>>, host?: string): string;
  stop(): Promise<void>;
}

const administrator = 'hosting_admin';

/** Starts one whose certificate is for `localhost`, with server settings by name. */
export async function startTlsPostgres(settings: Readonly<Record<string, string>> = {}): Promise<TlsPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'connector-tls-'));
  const dataDirectory = join(directory, 'postgres');
  const port = await getPort({ host: '127.0.0.1' });
  const password = randomBytes(12).toString('base64url');
  // Who runs Postgres must own the key.
  await ordinaryUser(directory, (await postgresEngine()).path);
  const { uid, gid } = await stat(directory);
  const certificates = await certify(directory, 'authority', 'localhost');
  const strange = await certify(directory, 'stranger', 'localhost');
  await chown(certificates.key, uid, gid);
  await chmod(certificates.key, 0o600);
  const access = join(directory, 'pg_hba.conf');
  await writeFile(access, 'host all postgres 127.0.0.1/32 scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n');
  const server = await startEmbeddedPostgres({
    ...{ dataDirectory, port, password },
    settings: {
      ...{ ssl: 'on', ssl_cert_file: certificates.certificate, ssl_key_file: certificates.key, hba_file: access },
      ...{ fsync: 'off', max_connections: '150', ...settings },
    },
  });
  await query(server.url, `create role ${administrator} login createdb createrole password '${password}'`);
  return {
    ...{ port, administrator, certificates, strangeAuthority: strange.authority, superuserUrl: server.url },
    adminUrl: (options, host = 'localhost') => {
      const url = new URL(`postgres://${administrator}:${password}@${host}:${port}/postgres`);
      for (const [name, value] of Object.entries(options)) url.searchParams.set(name, value);
      return url.href;
    },
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Makes an authority and a certificate of it for one host, with the openssl of the machine. */
async function certify(directory: string, name: string, host: string): Promise<Certificates> {
  const file = (suffix: string): string => join(directory, `${name}${suffix}`);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const openssl = (...args: string[]): Promise<unknown> => execa('openssl', args, { stdin: 'ignore' });
  const asAuthority = ['-keyout', file('.ca.key'), '-out', file('.ca.pem'), '-days', '2', '-subj', `/CN=${name}`];
  await openssl('req', '-x509', ...newKey, ...asAuthority);
  await openssl('req', ...newKey, '-keyout', file('.key'), '-out', file('.csr'), '-subj', `/CN=${host}`);
  await writeFile(file('.ext'), `subjectAltName=DNS:${host}\n`);
  const signing = ['-CA', file('.ca.pem'), '-CAkey', file('.ca.key'), '-CAcreateserial', '-extfile', file('.ext')];
  await openssl('x509', '-req', '-in', file('.csr'), ...signing, '-out', file('.pem'), '-days', '2');
  return { authority: file('.ca.pem'), certificate: file('.pem'), key: file('.key') };
}
