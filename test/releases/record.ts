import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import getPort from 'get-port';
import { z } from 'zod';
import { dumpDatabase } from './dump-database.ts';
import { createSandboxCommands, type SandboxCommands } from './sandbox-commands.ts';

const accountsSchema = z.object({ accounts: z.array(z.record(z.string(), z.unknown())) });

/**
 * Records a release for `test/upgrade.test.ts`: `npm run release:record`, on the commit that is released. It brings a
 * sandbox up, connects accounts into every state, and keeps below `test/releases/VERSION/` what it takes to stand such
 * an environment up later: `program.tgz`, worker and server as they run, and `environment.tgz`, the sandbox's Pulumi
 * state, keys, rows and simulated accounts. `-- --from FOLDER` records another checkout than this one.
 */
const { values: options } = parseArgs({ options: { from: { type: 'string', default: '.' } } });
const from = resolve(options.from);
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(await readFile(join(from, 'package.json'), 'utf8')));
const release = join(import.meta.dirname, version);
const home = await mkdtemp(join(tmpdir(), 'connector-release-'));
const sandbox = join(home, 'sandbox');
const port = await getPort({ port: 8422 });
const commands = createSandboxCommands(from, { home, port });
try {
  await commands.connector('start --exit');
  await commands.connector('up');
  await connectIntoEveryState(commands);
  const recordedAt = new Date().toISOString();
  const secrets = await readFile(join(sandbox, 'secrets.json'), 'utf8');
  const { databaseUrls } = z.object({ databaseUrls: z.object({ migrator: z.string() }) }).parse(JSON.parse(secrets));
  const dump = await dumpDatabase(databaseUrls.migrator);
  await commands.connector('down');
  await keepEnvironment({ dump, recordedAt, version, port });
  await keepProgram();
  console.log(`${release}: recorded as of ${recordedAt}`);
} finally {
  await commands.connector('down').catch(() => undefined);
  await rm(home, { recursive: true, force: true });
}

/** Beside the accounts that a first start connects: another of each kind, and one in each state that a row can have. */
async function connectIntoEveryState({ connector, simulators }: SandboxCommands): Promise<void> {
  const connect = async (platform: string, owner: string, changes: object = {}): Promise<void> => {
    const answers = await simulators(`answers/${platform}`);
    const input = JSON.stringify({ ...z.record(z.string(), z.unknown()).parse(answers), ...changes });
    await connector(`connect ${platform} --owner ${owner} --answers -`, { input });
  };
  await simulators('accounts/twitter', { method: 'oauth2' });
  await connect('twitter', 'granted');
  await connector('pause twitter --owner granted');
  // A Google account of their own: ending one grant of an account ends all that it gave the app.
  const { accounts } = accountsSchema.parse(await simulators('accounts/youtube'));
  const others = ['revoked', 'forgotten'].map((name) => ({
    ...{ name, inOrganization: false, channel: { id: `UC-of-${name}`, title: `Channel of ${name}` } },
  }));
  await simulators('accounts/youtube', { accounts: [...accounts, ...others] });
  await connect('youtube', 'revoked', { consent: { account: 'revoked' } });
  await connector('revoke youtube --owner revoked');
  await connect('youtube', 'forgotten', { consent: { account: 'forgotten' } });
  await simulators('accounts/youtube', { removeAccessOf: ['forgotten'] });
  // Less than it has left only after these seconds: then the command asks for a refresh, which Google refuses.
  await sleep(5_000);
  await connector('token youtube --owner forgotten --min-seconds 3595', { code: 3 });
  await connector('connect youtube --owner pending --answers -', { code: 3, input: '{}' });
}

async function keepEnvironment(facts: {
  dump: unknown;
  recordedAt: string;
  version: string;
  port: number;
}): Promise<void> {
  const { dump, ...about } = facts;
  const kept = join(home, 'kept');
  await mkdir(join(kept, 'pulumi'), { recursive: true });
  // The rest of the folder is Pulumi's cache, history and backups.
  for (const name of ['passphrase', 'Pulumi.yaml', 'Pulumi.sandbox.yaml', '.pulumi/meta.yaml', '.pulumi/stacks']) {
    await cp(join(sandbox, 'pulumi', name), join(kept, 'pulumi', name), { recursive: true, filter: isNoBackup });
  }
  for (const name of ['secrets.json', 'simulators.json']) await cp(join(sandbox, name), join(kept, name));
  await writeFile(join(kept, 'database.json'), JSON.stringify(dump));
  await writeFile(join(kept, 'release.json'), JSON.stringify(about));
  await pack(kept, ['.'], 'environment.tgz');
}

function isNoBackup(path: string): boolean {
  return !/\.(bak|attrs)$/.test(path);
}

/** There is no build: what runs is the source. Left out is what only tests and first set-ups need. */
async function keepProgram(): Promise<void> {
  const leftOut = ['*.test.ts', '*.md', 'simulator', 'test-*.ts', 'engines'];
  const parts = ['activities', 'client', 'infra', 'model', 'platforms', 'store', 'worker', 'workflows', 'package.json'];
  await pack(from, [...leftOut.map((name) => `--exclude=${name}`), ...parts], 'program.tgz');
}

async function pack(folder: string, args: readonly string[], name: string): Promise<void> {
  await mkdir(release, { recursive: true });
  await execa('tar', ['-C', folder, '--owner=0', '--group=0', '-czf', join(release, name), ...args]);
}
