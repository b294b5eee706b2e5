import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { choosePort } from '../../infra/environment/ports.ts';
import { loadPlatforms } from '../../platforms/load.ts';

const run = promisify(execFile);
const object = z.record(z.string(), z.unknown());
const checkout = join(import.meta.dirname, '..', '..');
// The engines may have to be built first, which takes minutes, once a machine.
const timeout = 20 * 60_000;

let home: string;
let port: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'connector-e2e-'));
  port = String(await choosePort(undefined, []));
});

afterAll(async () => {
  await connector('down');
  rmSync(home, { recursive: true, force: true });
}, 120_000);

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function connector(...args: string[]): Promise<Answer> {
  // What the tests' own shell knows of another environment must not get in.
  const own = Object.entries(process.env).filter(([name]) => !/^(CONNECTOR|DATABASE|TEMPORAL|PULUMI)_/.test(name));
  const env = { ...Object.fromEntries(own), CONNECTOR_HOME: home, CONNECTOR_PORT: port };
  const main = join(checkout, 'client', 'cli', 'main.ts');
  try {
    const { stdout, stderr } = await run(process.execPath, [main, ...args], { env, cwd: tmpdir(), timeout });
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (!(error instanceof Error) || !('stdout' in error) || !('stderr' in error) || !('code' in error)) throw error;
    return { code: Number(error.code), stdout: String(error.stdout), stderr: String(error.stderr) };
  }
}

test(
  'a first start connects every simulated platform, shows the table, and ends what it started',
  { timeout },
  async () => {
    const { code, stdout, stderr } = await connector('start', '--exit');
    expect(stderr).not.toContain('could not be connected');
    for (const { id } of await loadPlatforms()) expect(stdout).toMatch(new RegExp(`│ ${id} .*active`));
    // Nothing listens any more.
    expect(stdout).not.toContain('Console:');
    expect(stdout).toContain('connector up');
    expect(code).toBe(0);
    const record: unknown = JSON.parse(readFileSync(join(home, 'sandbox', 'environment.json'), 'utf8'));
    expect(record).toMatchObject({ processes: {} });
    expect(statSync(join(home, 'sandbox', 'secrets.json')).mode & 0o777).toBe(0o600);
  },
);

test('in the background it serves tokens, status and export lines, until it is brought down', { timeout }, async () => {
  expect((await connector('up')).code).toBe(0);
  expect(JSON.parse((await connector('up', '--json')).stdout)).toMatchObject({ wasUp: true });

  const token = object.parse(JSON.parse((await connector('token', 'youtube', '--json')).stdout));
  expect(token).toMatchObject({ platform: 'youtube', mode: 'live' });
  expect(Object.keys(token)).toEqual([
    ...[
      'connectionId',
      'platform',
      'accountId',
      'accountName',
      'accessToken',
      'expiresAt',
      'scopes',
      'mode',
      'capabilities',
      'credentials',
    ],
  ]);
  const { stdout: bare } = await connector('token', 'youtube');
  expect(token).toMatchObject({ accessToken: bare.trim() });

  const reports = z.array(object).parse(JSON.parse((await connector('status', '--json')).stdout));
  expect(reports).toContainEqual(expect.objectContaining({ platform: 'youtube', status: 'active', healthy: true }));
  expect(Object.keys(reports[0] ?? {})).toEqual([
    ...[
      'id',
      'owner',
      'platform',
      'accountId',
      'accountName',
      'status',
      'statusReason',
      'mode',
      'scopes',
      'capabilities',
    ],
    ...['expiresAt', 'refreshExpiresAt', 'consentExpiresAt', 'nextRefreshAt', 'lastRefreshAt', 'healthy'],
  ]);

  const { stdout: lines } = await connector('env');
  expect(lines).toMatch(/^export TEMPORAL_UI_URL='http:\/\/localhost:\d+'$/m);
  const script = `${lines}\nprintf '%s %s ' "$CONNECTOR_URL" "$TEMPORAL_NAMESPACE"; temporal --version`;
  const { stdout: evaluated } = await run('sh', ['-c', script]);
  expect(evaluated).toContain(`http://localhost:${port} connector temporal version`);

  const seen = await connector('exec', 'youtube', '--', 'sh', '-c', 'printf %s "$CONNECTOR_ACCESS_TOKEN"; exit 7');
  expect(seen).toMatchObject({ code: 7, stdout: bare.trim() });
  expect((await connector('pause', 'youtube')).code).toBe(0);
  expect((await connector('status')).stdout).toContain('active (paused)');
  const paused = await connector('doctor', 'youtube');
  expect(paused).toMatchObject({ code: 0 });
  expect(paused.stdout).toContain('connector resume youtube');
  expect((await connector('resume', 'youtube')).code).toBe(0);
  expect((await connector('status')).stdout).not.toContain('paused');
  expect((await connector('events', '--limit', '2')).stdout).toMatch(/resumed[^]*paused/);

  const review = async (...args: string[]): Promise<string> =>
    (await connector('done', 'tiktok', 'app-review', ...args)).stdout;
  expect((await connector('onboarding', 'tiktok')).stdout).toContain('What to hand in:');
  expect(await review()).toContain('--decision approved');
  const rejected = await review('--decision', 'rejected', '--reason', 'The video shows no upload.');
  expect(rejected).toContain('The video shows no upload.');
  expect(rejected).toContain('When it is handed in');
  expect((await connector('done', 'tiktok', 'nonsense', '--decision', 'approved')).code).toBe(1);

  expect((await connector('connect', 'youtube', '--label', 'second')).code).toBe(3);
  expect((await connector('abandon', 'youtube', '--label', 'second')).code).toBe(0);
  expect((await connector('onboarding', 'youtube')).stdout).toContain('No onboarding runs');
  expect((await connector('abandon', 'youtube', '--label', 'second')).code).toBe(1);
  expect((await connector('doctor')).code).toBe(0);

  expect((await connector('down')).code).toBe(0);
  expect((await connector('status')).code).toBe(1);
});
