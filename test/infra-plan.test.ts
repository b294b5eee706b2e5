import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planDatabase, tables } from '../infra/database-plan.ts';
import { pendingResources, settlePendingOperations } from '../infra/pending-operations.ts';
import { parsePostgresUrl, postgresUrlFor } from '../infra/postgres-address.ts';
import { diagnosticsOf } from '../infra/pulumi-diagnostics.ts';
import { pulumiVariables } from '../infra/pulumi-variables.ts';
import { readSettings, refuseSecretsInClear } from '../infra/settings.ts';
import { splitStatements } from '../infra/sql-statements.ts';

const prefixes = fc.stringMatching(/^[a-z][a-z0-9_]{0,29}$/);

describe('the plan of the database', () => {
  it('names three different roles that Postgres keeps whole, for any prefix', () => {
    fc.assert(
      fc.property(prefixes, (rolePrefix) => {
        const names = Object.values(planDatabase({ database: 'connector', rolePrefix }).roles);
        expect(new Set(names).size).toBe(3);
        for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]{0,62}$/);
      }),
    );
  });

  it('names each grant once and decides on each table for the worker once', () => {
    fc.assert(
      fc.property(prefixes, (rolePrefix) => {
        const plan = planDatabase({ database: 'connector', rolePrefix });
        const grants = [...plan.grantsBefore, ...plan.grantsAfter];
        const ids = [...grants, ...plan.defaults].map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const forWorker = grants.filter((grant) => grant.role === plan.roles.worker && grant.objectType === 'table');
        expect(forWorker.flatMap((grant) => grant.objects).sort()).toEqual([...tables].sort());
      }),
    );
  });

  it('gives PUBLIC nothing, the reader no write and nobody TRUNCATE', () => {
    const plan = planDatabase({ database: 'connector', rolePrefix: 'connector' });
    for (const { role, privileges, objectType } of [...plan.grantsBefore, ...plan.grantsAfter, ...plan.defaults]) {
      if (role === 'public') expect(privileges).toEqual([]);
      if (role === plan.roles.reader && objectType === 'table') expect(privileges).toEqual(['SELECT']);
      expect(privileges).not.toContain('TRUNCATE');
    }
  });
});

describe('settings', () => {
  it('take the environment where the stack says nothing, and the stack where it does', () => {
    const environment = { TEMPORAL_ADDRESS: 'localhost:7233', TEMPORAL_NAMESPACE: 'of-the-environment' };
    expect(readSettings(() => '', environment)).toMatchObject({
      temporalAddress: 'localhost:7233',
      temporalNamespace: 'of-the-environment',
      rolePrefix: 'connector',
      keyIds: ['k1'],
    });
    const stack: Record<string, string> = { temporalNamespace: 'of-the-stack', keyIds: '["k2","k1"]' };
    expect(readSettings((key) => stack[key], environment)).toMatchObject({
      temporalNamespace: 'of-the-stack',
      keyIds: ['k2', 'k1'],
    });
  });

  it('are refused by name', () => {
    const stack: Record<string, string> = { rolePrefix: 'No Spaces', keyIds: '["a","a"]' };
    expect(() => readSettings((key) => stack[key], {})).toThrow(/connector:rolePrefix.*\n.*connector:keyIds/);
  });
});

describe('the administrator’s URL', () => {
  it('is refused in clear text, and not repeated', () => {
    const PULUMI_CONFIG = JSON.stringify({ 'connector:databaseAdminUrl': 'postgres://admin:hush@db/x' });
    expect(() => refuseSecretsInClear({ PULUMI_CONFIG })).toThrow(/^(?!.*hush).*--secret/);
    const PULUMI_CONFIG_SECRET_KEYS = '["connector:databaseAdminUrl"]';
    expect(() => refuseSecretsInClear({ PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS })).not.toThrow();
    expect(() => refuseSecretsInClear({ PULUMI_CONFIG: '{"connector:databaseAdminUrl":""}' })).not.toThrow();
  });

  it('may stand beside a pooler’s in clear text, unless that has a password', () => {
    const open = (url: string) => (): void =>
      refuseSecretsInClear({ PULUMI_CONFIG: JSON.stringify({ 'connector:databasePooledUrl': url }) });
    expect(open('postgres://postgres.abcd@pooler.example:6543?pgbouncer=true')).not.toThrow();
    expect(open('postgres://pooler.example:6543')).not.toThrow();
    expect(open('postgres://postgres:hush@pooler.example:6543')).toThrow(/^(?!.*hush).*databasePooledUrl.*--secret/);
  });
});

describe('addresses of Postgres', () => {
  it('survive any password', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (password) => {
        const server = 'postgres://admin:secret@db.example:6543/postgres?sslmode=verify-full';
        const url = postgresUrlFor(server, { user: 'connector_worker', password, database: 'connector' });
        expect(parsePostgresUrl(url)).toEqual({
          host: 'db.example',
          port: 6543,
          user: 'connector_worker',
          role: 'connector_worker',
          password,
          database: 'connector',
          sslMode: 'verify-full',
          sslRootCertificate: undefined,
        });
      }),
    );
  });

  it('are never repeated in a refusal', () => {
    expect(() => parsePostgresUrl('mysql://admin:hush@db/x')).toThrow(/^(?!.*hush).*postgres:\/\/USER/);
  });
});

describe('splitting SQL', () => {
  it('keeps every statement and finds its line', () => {
    const pieces = fc.constantFrom(
      'select 1',
      "insert into t values ('a;b', 'it''s')",
      "select e'a\\';b'",
      'do $$ begin perform 1; end $$',
      'create function f() returns void language sql as $body$ select 1; select 2 $body$',
      '/* outer ; /* inner ; */ still */ select 2',
      '-- a comment; with a semicolon\nselect 3',
      'select "odd;name" from t',
    );
    fc.assert(
      fc.property(fc.array(pieces), (written) => {
        const found = splitStatements(written.map((piece) => `\n${piece};`).join('\n'));
        expect(found.map(({ text }) => text)).toEqual(written.map((piece) => `${piece};`));
      }),
    );
    expect(splitStatements('-- why\n\nselect 1;\n\nselect\n 2').map(({ line }) => line)).toEqual([3, 5]);
    expect(splitStatements('select 1;\n-- the end\n;')).toHaveLength(1);
  });
});

describe('the state that a killed run leaves', () => {
  const role = { urn: 'urn:x::role::worker', type: 'postgresql:index/role:Role', inputs: { name: 'connector_worker' } };
  const grant = { urn: 'urn:x::grant::worker-tables', type: 'postgresql:index/grant:Grant', inputs: { role: 'x' } };
  const pending = [
    { type: 'creating', resource: role },
    { type: 'creating', resource: grant },
  ];

  it('keeps what cannot be created twice and forgets what can', () => {
    const stack = { deployment: { resources: [], pending_operations: pending } };
    expect(pendingResources(stack)).toEqual(['worker', 'worker-tables']);
    expect(settlePendingOperations(stack).deployment).toEqual({
      resources: [{ ...role, id: 'connector_worker', outputs: role.inputs }],
    });
  });
});

describe('what a failed run tells', () => {
  it('is the reason, without passwords, noise or repetition', () => {
    const stdout = [
      ' +  postgresql:index:Role worker creating (0s)',
      'Diagnostics:',
      '  pulumi:pulumi:Stack (connector-test):',
      '    warning: using pulumi-resource-postgresql from $PATH at /somewhere',
      '    error: update failed',
      '  postgresql:index:Role (worker):',
      '    error: 1 error occurred:',
      '    \t* cannot reach postgres://admin:hush-hush@db/x with hush-hush',
      'Resources:',
      '    1 errored',
    ].join('\n');
    expect(diagnosticsOf(stdout, '', ['hush-hush'])).toBe(
      '  postgresql:index:Role (worker):\n    \t* cannot reach postgres://admin:[secret]@db/x with [secret]',
    );
  });
});

describe('Pulumi’s variables', () => {
  it('leave out what an environment does not have', () => {
    const variables = pulumiVariables({ folder: '/home/x', stack: 'sandbox', programs: ['/a', '/b'], path: '/bin' });
    expect(variables).toMatchObject({ PATH: '/a:/b:/bin', PULUMI_BACKEND_URL: 'file:///home/x' });
    expect(Object.keys(variables)).not.toContain('TEMPORAL_ADDRESS');
  });
});
