import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { parseStackExport, pendingResources, settlePendingOperations } from './pending-operations.ts';
import { diagnosticsOf, tellsProgress, withoutSecrets } from './pulumi-diagnostics.ts';
import { runPulumi, type PulumiCommand, type PulumiResult } from './pulumi-command.ts';
import { holderOf, locksOf } from './stack-lock.ts';

const outputsSchema = z.object({
  databaseUrls: z.object({ migrator: z.string(), worker: z.string(), reader: z.string() }),
  keyRing: z.array(z.object({ id: z.string(), key: z.base64() })).min(1),
  apiKeys: z.array(z.object({ name: z.string(), scopes: z.array(z.string()), key: z.string() })),
  temporal: z.object({ address: z.string().nullable(), namespace: z.string() }),
  migrations: z.array(z.string()),
});

/** What a provisioned environment offers. Everything but `temporal` and `migrations` is secret. */
export type Provisioned = z.infer<typeof outputsSchema>;

/** What provisioning needs: the CLI, `pulumiVariables(…)`, and somebody to tell of progress. */
export interface ProvisionOptions extends PulumiCommand {
  readonly log: (line: string) => void;
}

/** The environment could not be provisioned; the message says why and what to do, without secrets. */
export class ProvisionError extends Error {
  override name = 'ProvisionError';
}

const project = 'connector';

/**
 * Makes the environment what the program says, creating its stack the first time, and returns the outputs. Running it
 * again changes nothing. Goes on after a run that was killed; waits for nobody: another run of Pulumi on the same stack
 * is a ProvisionError.
 */
export async function provision(options: ProvisionOptions): Promise<Provisioned> {
  await clearDeadLock(options);
  await selectOrCreateStack(options);
  const up = await runPulumi(options, ['up', '--yes', '--skip-preview', '--suppress-outputs'], {
    onLine: (line) => {
      if (tellsProgress(line)) options.log(withoutSecrets(line.trim(), secretsOf(options)));
    },
  });
  if (up.exitCode !== 0) throw await failure('The environment could not be provisioned', up, options);
  return provisioned(options);
}

/** The outputs of the last `up`, without running one. */
export async function provisioned(options: PulumiCommand): Promise<Provisioned> {
  const shown = await runPulumi(options, ['stack', 'output', '--json', '--show-secrets']);
  if (shown.exitCode !== 0) throw await failure('The stack’s outputs could not be read', shown, options);
  const parsed = outputsSchema.safeParse(JSON.parse(shown.stdout));
  if (parsed.success) return parsed.data;
  const missing = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new ProvisionError(`The stack’s outputs are incomplete (${missing}). Run \`pulumi up\` in infra/ again.`);
}

async function clearDeadLock(options: ProvisionOptions): Promise<void> {
  const stack = options.variables['PULUMI_STACK'] ?? '';
  for (const lock of await locksOf(options.variables['PULUMI_BACKEND_URL'] ?? '', project, stack)) {
    const holder = await holderOf(lock);
    if (holder !== 'dead') {
      throw new ProvisionError(
        `The stack "${stack}" is locked by process ${lock.pid} of ${lock.username} on ${lock.hostname} since ${lock.timestamp}. ` +
          (holder === 'alive'
            ? 'Wait until it ends, then start again.'
            : 'If it no longer runs there, run `pulumi cancel` in infra/.'),
      );
    }
    options.log(`process ${lock.pid} was killed while it changed the stack "${stack}": its lock is cleared`);
  }
  const locked = (await locksOf(options.variables['PULUMI_BACKEND_URL'] ?? '', project, stack)).length > 0;
  if (!locked) return;
  const cancelled = await runPulumi(options, ['cancel', '--yes', stack]);
  if (cancelled.exitCode !== 0) throw await failure('A dead lock could not be cleared', cancelled, options);
}

async function selectOrCreateStack(options: ProvisionOptions): Promise<void> {
  const stack = options.variables['PULUMI_STACK'] ?? '';
  await prepareFolder(options.variables);
  const exported = await runPulumi(options, ['stack', 'export']);
  if (exported.exitCode === 0) return settle(options, exported.stdout);
  if (!/no stack (named|selected)/.test(exported.stderr))
    throw await failure(`The stack "${stack}" could not be opened`, exported, options);
  // `stack init` writes the stack's settings beside a Pulumi.yaml and knows no --config-file: so it runs beside its own.
  const settingsFile = options.variables['PULUMI_OPTION_CONFIG_FILE'];
  const cwd = settingsFile === undefined ? {} : { cwd: dirname(settingsFile) };
  const created = await runPulumi(options, ['stack', 'init', stack], cwd);
  if (created.exitCode !== 0) throw await failure(`The stack "${stack}" could not be created`, created, options);
}

async function settle(options: ProvisionOptions, exportedText: string): Promise<void> {
  const exported = parseStackExport(exportedText);
  const pending = pendingResources(exported);
  if (pending.length === 0) return;
  options.log(`the last run was stopped while it worked on ${pending.join(', ')}: going on from there`);
  const input = JSON.stringify(settlePendingOperations(exported));
  const imported = await runPulumi(options, ['stack', 'import'], { input });
  if (imported.exitCode !== 0)
    throw await failure('The state of the stopped run could not be settled', imported, options);
}

async function prepareFolder(variables: Readonly<Record<string, string>>): Promise<void> {
  const settingsFile = variables['PULUMI_OPTION_CONFIG_FILE'];
  if (settingsFile !== undefined) {
    await mkdir(dirname(settingsFile), { recursive: true, mode: 0o700 });
    await writeFile(join(dirname(settingsFile), 'Pulumi.yaml'), `name: ${project}\nruntime: nodejs\n`);
  }
  const passphraseFile = variables['PULUMI_CONFIG_PASSPHRASE_FILE'];
  if (passphraseFile === undefined) return;
  await mkdir(dirname(passphraseFile), { recursive: true, mode: 0o700 });
  // Only once: with another passphrase the state, and with it every key, could not be read any more.
  await writeFile(passphraseFile, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 }).catch(ifExists);
}

function ifExists(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}

async function failure(what: string, result: PulumiResult, options: PulumiCommand): Promise<ProvisionError> {
  const file = options.variables['PULUMI_CONFIG_PASSPHRASE_FILE'];
  const passphrase = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
  const reasons = diagnosticsOf(result.stdout, result.stderr, [...secretsOf(options), passphrase.trim()]);
  return new ProvisionError(`${what}:\n${reasons}\n${nextStep(reasons)}`);
}

function nextStep(reasons: string): string {
  if (/incorrect passphrase/.test(reasons)) return 'Put the passphrase back that this state was made with.';
  if (/password authentication failed|permission denied to create/.test(reasons)) {
    return 'Check that DATABASE_ADMIN_URL logs in and that its role has CREATEDB and CREATEROLE, then start again.';
  }
  if (/transaction mode|unsupported startup parameter/.test(reasons)) {
    return 'Give Postgres’s own address as DATABASE_ADMIN_URL, and the pooler’s as DATABASE_POOLED_URL; HOSTING.md has both for each host.';
  }
  if (/certificate|x509|SSL|no encryption/.test(reasons)) return tlsStep(reasons);
  if (/connection refused|ECONNREFUSED|no such host|ENOTFOUND/i.test(reasons)) {
    return 'Check that the server named above runs and that its address is right, then start again.';
  }
  if (/already exists/.test(reasons)) {
    return 'Something of that name was there before: choose another connector:rolePrefix or connector:database, or `pulumi import` it.';
  }
  return 'Mend that and start again; what was done so far is kept. `pulumi preview` in infra/ shows what is left.';
}

function tlsStep(reasons: string): string {
  if (/SSL is not enabled|does not support SSL/.test(reasons)) {
    return 'Turn TLS on in Postgres, or add sslmode=disable to DATABASE_ADMIN_URL if nobody can listen on the way.';
  }
  if (/no encryption|SSL off/.test(reasons)) {
    return 'Postgres takes encrypted connections only: add sslmode=verify-full to DATABASE_ADMIN_URL.';
  }
  return (
    'Save the certificate of the authority that signed Postgres’s, and add sslmode=verify-full&sslrootcert=/path/to/ca.pem to ' +
    'DATABASE_ADMIN_URL; the host in it must be the one that the certificate names.'
  );
}

function secretsOf(options: PulumiCommand): string[] {
  const url = options.variables['DATABASE_ADMIN_URL'] ?? '';
  return URL.canParse(url) ? [new URL(url).password, decodeURIComponent(new URL(url).password)] : [];
}
