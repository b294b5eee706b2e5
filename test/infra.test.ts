import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { tables } from '../infra/database-plan.ts';
import { provision, type Provisioned } from '../infra/provision.ts';
import { runPulumi, type PulumiCommand } from '../infra/pulumi-command.ts';
import { query } from './database.ts';
import { createInfraEnvironment, onTemporal, type InfraEnvironment } from './infra-environment.ts';

// One environment lives through the whole file, in order: each test begins where the last one ended.
let environment: InfraEnvironment;
let command: PulumiCommand;
let first: Provisioned;

beforeAll(async () => {
  environment = await createInfraEnvironment();
  command = environment.command;
}, 600_000);

afterAll(() => environment.remove());

describe('provisioning', { timeout: 60_000 }, () => {
  it('creates everything as an administrator who is no superuser', async () => {
    const lines: string[] = [];
    first = await provision({ ...command, log: (line) => lines.push(line) });
    expect(lines.join('\n')).toContain('Migrations migrations created');
    expect(first.keyRing.map(({ id, key }) => [id, Buffer.from(key, 'base64').length])).toEqual([['k1', 32]]);
    expect(first.apiKeys).toMatchObject([
      { name: 'local', scopes: ['tokens:read', 'connections:write'] },
      { name: 'temporal', scopes: ['codec'] },
    ]);
    expect(first.apiKeys[0]!.key).toMatch(/^pac_[\w-]{43}$/);
    expect(first.temporal).toEqual({ address: environment.temporalAddress, namespace: environment.prefix });
    expect(first.migrations).toEqual(await migrationsOf(join(environment.program, 'migrations')));
    expect(await query(first.databaseUrls.worker, 'show search_path')).toEqual([{ search_path: 'connector' }]);
    expect(await attributes()).toEqual(['ConnectionStatus', 'Owner', 'Platform', 'WaitingFor']);
  });

  it('changes nothing the second time, and writes nothing into the checkout', async () => {
    const preview = await runPulumi(command, ['preview', '--expect-no-changes']);
    expect(preview.stdout).toContain('unchanged');
    expect(preview.exitCode, preview.stdout).toBe(0);
    expect((await readdir(environment.program)).filter((file) => /^Pulumi\./.test(file))).toEqual(['Pulumi.yaml']);
  });

  it('keeps no secret in clear text in its state', async () => {
    const secrets = [
      environment.adminPassword,
      ...Object.values(first.databaseUrls).map((url) => new URL(url).password),
      ...[...first.keyRing, ...first.apiKeys].map(({ key }) => key),
    ];
    expect(secrets).toHaveLength(7);
    const state = join(environment.home, '.pulumi');
    const files = (await readdir(state, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
    expect(texts.join('')).toContain('connector:infra:Database');
    for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  });
});

describe('the roles', () => {
  it('know every table that the migrations made, each with row-level security', async () => {
    const found = await query(
      first.databaseUrls.migrator,
      "select relname, relrowsecurity from pg_class where relnamespace = 'connector'::regnamespace and relkind in ('r', 'p') order by relname",
    );
    expect(found).toEqual([...tables, 'migrations'].sort().map((relname) => ({ relname, relrowsecurity: true })));
  });

  it('let the worker read and write, but not define, truncate or rewrite history', async () => {
    const { worker: url } = first.databaseUrls;
    await query(
      url,
      "insert into connection_events (connection_id, owner, platform, actor, kind) values (gen_random_uuid(), 'o', 'p', 'a', 'k')",
    );
    await query(url, "insert into platform_connections (platform, credentials) values ('youtube', '{}')");
    expect(await query(url, "update platform_connections set label = 'x' returning label")).toEqual([{ label: 'x' }]);
    for (const refused of [
      'delete from connection_events',
      "update connection_events set kind = 'z'",
      'delete from api_keys',
      'truncate platform_connections',
      'create table mine (id int)',
      'create temporary table mine (id int)',
      'alter table human_tasks add column mine int',
      'drop table human_tasks',
      'select * from migrations',
    ]) {
      await expect(query(url, refused), refused).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  it('let the reader read what a token needs and note that it did', async () => {
    const { reader: url } = first.databaseUrls;
    await query(url, 'select note_read(id) from platform_connections');
    expect(await query(url, 'select last_read_at is not null as noted from platform_connections')).toEqual([
      { noted: true },
    ]);
    await query(url, 'select * from quota_windows, human_tasks, api_keys');
    await query(url, 'select note_key_use(gen_random_uuid())');
    for (const refused of [
      "update platform_connections set label = 'x'",
      'delete from human_tasks',
      'select * from consent_requests',
      'select * from refresh_attempts',
      'select * from connection_events',
      'select * from login_tickets',
      'select * from console_sessions',
      'update api_keys set revoked_at = null',
    ]) {
      await expect(query(url, refused), refused).rejects.toThrow(/permission denied/);
    }
  });

  it('are the only ones that get in', async () => {
    const outsider = `${environment.prefix}_outsider`;
    await query(environment.superuserUrl, `create role ${outsider} login password 'x'`);
    const url = new URL(first.databaseUrls.worker);
    url.username = outsider;
    url.password = 'x';
    await expect(query(url.href, 'select 1')).rejects.toThrow(/permission denied for database/);
    await query(environment.superuserUrl, `drop role ${outsider}`);
    const open =
      "select proname from pg_proc where pronamespace = 'connector'::regnamespace and has_function_privilege('public', oid, 'execute')";
    expect(await query(first.databaseUrls.migrator, open)).toEqual([]);
  });
});

describe('what was changed by hand', { timeout: 90_000 }, () => {
  it('shows in the preview and is mended by the next up, also when the servers have moved', async () => {
    const { migrator: url } = first.databaseUrls;
    const last = first.migrations.at(-1)!;
    await query(url, `revoke update on human_tasks from ${role('worker')}`);
    await query(url, 'grant select on human_tasks to public');
    await query(url, `delete from migrations where name = '${last}'`);
    await query(environment.superuserUrl, `alter role ${role('worker')} nologin`);
    await onTemporal(environment.temporalAddress, ({ operatorService }) =>
      operatorService.removeSearchAttributes({ namespace: environment.prefix, searchAttributes: ['Owner'] }),
    );
    command = environment.moveServers();

    const preview = await runPulumi(command, ['preview', '--json']);
    const changed = stepsOf(preview.stdout);
    expect(changed).toEqual(
      expect.arrayContaining(['worker', 'worker-tables', 'public-tables', 'migrations', 'temporal-namespace']),
    );

    const mended = await provision({ ...command, log: () => undefined });
    expect(mended.migrations).toEqual(first.migrations);
    expect(mended.keyRing).toEqual(first.keyRing);
    expect(await attributes()).toContain('Owner');
    await query(mended.databaseUrls.worker, "update human_tasks set why = ''");
    const acl =
      "select count(*)::int as open from pg_class, aclexplode(relacl) where relname = 'human_tasks' and grantee = 0";
    expect(await query(mended.databaseUrls.migrator, acl)).toEqual([{ open: 0 }]);
    first = mended;
  });

  it('is joined by a new key and a new migration, which leave the old ones alone', async () => {
    const set = await runPulumi(command, ['config', 'set', 'connector:keyIds', '["k2","k1"]']);
    expect(set.exitCode, set.stderr).toBe(0);
    await writeFile(join(environment.program, 'migrations/9001_note.sql'), 'create table extra (id int);\n');
    const next = await provision({ ...command, log: () => undefined });
    expect(next.keyRing.map(({ id }) => id)).toEqual(['k2', 'k1']);
    expect(next.keyRing[1]).toEqual(first.keyRing[0]);
    expect(next.databaseUrls).toEqual(first.databaseUrls);
    expect(next.migrations.at(-1)).toBe('9001_note');
    // A table that the plan does not name is closed.
    await expect(query(next.databaseUrls.worker, 'select * from extra')).rejects.toThrow(/permission denied/);
  });
});

describe('a run that fails', { timeout: 90_000 }, () => {
  it('leaves the database untouched and names file, line and statement', async () => {
    const file = join(environment.program, 'migrations/9002_broken.sql');
    await writeFile(
      file,
      'create table half_done (id int);\n\n-- has no such column\nalter table extra\n  drop column absent;\n',
    );
    const error = await provision({ ...command, log: () => undefined }).catch((cause: unknown) => String(cause));
    expect(error).toMatch(/9002_broken\.sql, line 4, was refused: column "absent" of relation "extra" does not exist/);
    expect(error).toContain('drop column absent;');
    expect(error).not.toContain(environment.adminPassword);
    expect(error).not.toContain(new URL(first.databaseUrls.migrator).password);
    const left = "select to_regclass('connector.half_done') as t, (select max(name) from migrations) as last";
    expect(await query(first.databaseUrls.migrator, left)).toEqual([{ t: null, last: '9001_note' }]);
    await rm(file);
  });

  it('and was killed half way is gone on with by the next', async () => {
    await writeFile(
      join(environment.program, 'migrations/9003_slow.sql'),
      'select pg_sleep(3);\ncreate table slow (id int);\n',
    );
    const up = execa(command.pulumiPath, ['up', '--yes', '--skip-preview', '--non-interactive'], {
      cwd: environment.program,
      env: command.variables,
      reject: false,
    });
    await waitFor(async () => {
      const running = `select 1 from pg_stat_activity where usename = '${role('migrator')}' and query like '%pg_sleep(3)%' and pid <> pg_backend_pid()`;
      return (await query(environment.superuserUrl, running)).length > 0;
    });
    up.kill('SIGKILL');
    await up;
    const lines: string[] = [];
    const next = await provision({ ...command, log: (line) => lines.push(line) });
    expect(lines.join('\n')).toMatch(/was killed while it changed the stack "test": its lock is cleared/);
    expect(lines.join('\n')).toMatch(/stopped while it worked on migrations/);
    expect(next.migrations.at(-1)).toBe('9003_slow');
    expect(next.keyRing).toHaveLength(2);
  });

  it('cannot be one that takes the database and the keys away', async () => {
    const destroy = await runPulumi(command, ['destroy', '--yes', '--skip-preview']);
    expect(destroy.exitCode).not.toBe(0);
    expect(destroy.stdout + destroy.stderr).toMatch(/protect/);
    await query(first.databaseUrls.worker, 'select 1');
  });
});

function role(name: 'migrator' | 'worker' | 'reader'): string {
  return `${environment.prefix}_${name}`;
}

async function migrationsOf(directory: string): Promise<string[]> {
  return (await readdir(directory)).sort().map((file) => file.replace('.sql', ''));
}

async function attributes(): Promise<string[]> {
  const listed = await onTemporal(environment.temporalAddress, ({ operatorService }) =>
    operatorService.listSearchAttributes({ namespace: environment.prefix }),
  );
  const ours = ['ConnectionStatus', 'Owner', 'Platform', 'WaitingFor'];
  return ours.filter((name) => name in listed.customAttributes);
}

/** The names of the resources that a preview wants to change. */
function stepsOf(json: string): string[] {
  const previewSchema = z.object({ steps: z.array(z.object({ op: z.string(), urn: z.string() })) });
  const { steps } = previewSchema.parse(JSON.parse(json));
  return steps.filter(({ op }) => op !== 'same').map(({ urn }) => urn.split('::').at(-1)!);
}

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 45_000;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error('waited for 45 seconds in vain');
    await sleep(50);
  }
}
