import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { choosePort } from '../../infra/environment/ports.ts';
import { inDatabase, makeSupabaseRoles, readAs, supabaseRoles } from './supabase-roles.ts';
import { findPgBouncer, startPgBouncer, type PgBouncer } from './pgbouncer.ts';
import { query } from '../database.ts';
import { startTlsPostgres, type TlsPostgres } from './tls-postgres.ts';

const run = promisify(execFile);
const program = await findPgBouncer();
const timeout = 20 * 60_000;

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

// One environment lives through the whole file, in order: each test begins where the last one ended.
describe.skipIf(program === null)('an environment on a hosted Postgres', { timeout }, () => {
  let server: TlsPostgres;
  let pooler: PgBouncer;
  let home: string;
  let port: string;

  beforeAll(async () => {
    server = await startTlsPostgres({ statement_timeout: '2s', idle_in_transaction_session_timeout: '2s' });
    await makeSupabaseRoles(server.superuserUrl, server.administrator);
    const { authority, certificate, key } = server.certificates;
    pooler = await startPgBouncer(program ?? '', {
      serverUrl: server.superuserUrl,
      logins: null,
      poolSize: 3,
      settings: {
        ...{ server_tls_sslmode: 'verify-ca', server_tls_ca_file: authority },
        ...{ client_tls_sslmode: 'require', client_tls_cert_file: certificate, client_tls_key_file: key },
      },
    });
    home = mkdtempSync(join(tmpdir(), 'connector-hosted-'));
    port = String(await choosePort(undefined, []));
  }, 120_000);

  afterAll(async () => {
    await connector(['down']);
    await pooler.stop();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }, 120_000);

  async function connector(args: readonly string[], given: NodeJS.ProcessEnv = {}): Promise<Answer> {
    const own = Object.entries(process.env).filter(([name]) => !/^(CONNECTOR|DATABASE|TEMPORAL|PULUMI)_/.test(name));
    const env = { ...Object.fromEntries(own), CONNECTOR_HOME: home, CONNECTOR_PORT: port, ...given };
    const main = join(import.meta.dirname, '../../client/cli/main.ts');
    try {
      const { stdout, stderr } = await run(process.execPath, [main, ...args], { env, cwd: tmpdir(), timeout });
      return { code: 0, stdout, stderr };
    } catch (error) {
      if (!(error instanceof Error) || !('stdout' in error) || !('stderr' in error) || !('code' in error)) throw error;
      return { code: Number(error.code), stdout: String(error.stdout), stderr: String(error.stderr) };
    }
  }

  it('is not set up over a certificate that nobody vouches for, and says what to add', async () => {
    const DATABASE_ADMIN_URL = server.adminUrl({ sslmode: 'verify-full', sslrootcert: server.strangeAuthority });
    const { code, stderr } = await connector(['up'], { DATABASE_ADMIN_URL });
    expect(code).toBe(1);
    expect(stderr).toContain('sslmode=verify-full&sslrootcert=/path/to/ca.pem');
    expect(stderr).not.toContain(new URL(DATABASE_ADMIN_URL).password);
  });

  it('is set up by an administrator who is no superuser, with the pooler for all but migrations', async () => {
    const sslrootcert = server.certificates.authority;
    const up = await connector(['up'], {
      DATABASE_ADMIN_URL: server.adminUrl({ sslmode: 'verify-full', sslrootcert }),
      DATABASE_POOLED_URL: `postgres://localhost:${pooler.port}`,
    });
    expect(up.code, up.stderr).toBe(0);
    const urlsSchema = z.object({ databaseUrls: z.record(z.string(), z.url()) });
    const { databaseUrls } = urlsSchema.parse(JSON.parse(readFileSync(join(home, 'sandbox/secrets.json'), 'utf8')));
    const ports = Object.entries(databaseUrls).map(([role, url]) => [role, Number(new URL(url).port)]);
    expect(Object.fromEntries(ports)).toEqual({
      ...{ admin: server.port, migrator: server.port },
      ...{ worker: pooler.port, reader: pooler.port },
    });
    for (const url of Object.values(databaseUrls)) expect(url).toContain('sslmode=verify-full');
  });

  it('shows nothing of itself to the roles by which Supabase serves schemas over HTTP', async () => {
    const connectorUrl = inDatabase(server.superuserUrl, 'connector');
    const row = `insert into connector.platform_connections (platform, credentials) values ('youtube', '{}')`;
    await query(connectorUrl, row);
    const entering = new URL(connectorUrl);
    entering.username = 'authenticator';
    entering.password = 'x';
    entering.search = new URL(server.adminUrl({ sslmode: 'no-verify' })).search;
    await expect(query(entering.href, 'select 1')).rejects.toThrow(/permission denied for database/);
    for (const role of supabaseRoles) {
      await expect(readAs(server.superuserUrl, role), role).rejects.toThrow(/permission denied for schema/);
    }
    // Even after somebody granted everything, row-level security has no policy for them.
    const visitors = 'anon, authenticated';
    await query(connectorUrl, `grant usage on schema connector to ${visitors}`);
    await query(connectorUrl, `grant all on all tables in schema connector to ${visitors}`);
    for (const role of ['anon', 'authenticated']) {
      const seen = Object.entries(await readAs(server.superuserUrl, role)).filter(([, rows]) => rows.length > 0);
      expect(seen, role).toEqual([]);
      const writing = new URL(connectorUrl);
      writing.searchParams.set('options', `-c role=${role}`);
      await expect(query(writing.href, row)).rejects.toThrow(/row-level security/);
    }
    await query(connectorUrl, `delete from connector.platform_connections`);
  });

  it('connects, serves tokens, rotates its keys and disconnects through the pooler’s few sessions', async () => {
    const { stdout: variables } = await connector(['env']);
    const simulators = /CONNECTOR_SIMULATOR_URL='([^']+)'/.exec(variables)?.[1] ?? '';
    const answers = join(home, 'answers.json');
    writeFileSync(answers, await (await fetch(`${simulators}/_simulator/answers/youtube`)).text());
    const connected = await connector(['connect', 'youtube', '--answers', answers]);
    expect(connected.code, connected.stderr).toBe(0);

    const tokens = await Promise.all(Array.from({ length: 2 }, () => connector(['token', 'youtube'])));
    expect(new Set(tokens.map(({ stdout }) => stdout)).size).toBe(1);
    const sessions = `select count(*)::int as n, bool_and(s.ssl) as encrypted from pg_stat_activity a join pg_stat_ssl s using (pid)
      where a.usename in ('connector_worker', 'connector_reader')`;
    const [seen] = z
      .array(z.object({ n: z.number(), encrypted: z.boolean() }))
      .parse(await query(server.superuserUrl, sessions));
    expect(seen?.n).toBeLessThanOrEqual(6);
    expect(seen?.encrypted).toBe(true);

    const rotated = await connector(['keys', 'rotate']);
    expect(rotated.code, rotated.stderr).toBe(0);
    const doctor = await connector(['doctor']);
    expect(doctor.code, doctor.stdout).toBe(0);
    expect((await connector(['revoke', 'youtube'])).code).toBe(0);
    expect((await connector(['token', 'youtube'])).code).not.toBe(0);
  });
});
