import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { environmentOption } from './command.ts';
import { commandEnvironment } from './command-environment.ts';
import { describeUp } from './describe-up.ts';
import { CommandFailure, toFailure } from './failure.ts';
import type { Io } from './io.ts';
import { runCli } from './program.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(
  args: readonly string[],
  { env = {}, input = '' }: { env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const io: Io = {
    env: { CONNECTOR_HOME: folder, ...env },
    isTerminal: false,
    canAsk: false,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    readInput: () => Promise.resolve(input),
  };
  return { code: await runCli(args, io), ...said };
}

const quietIo: Io = {
  ...{ env: {}, isTerminal: false, canAsk: false },
  ...{ out: () => undefined, err: () => undefined, readInput: () => Promise.resolve('') },
};

/** An environment that is set up, whose database and Temporal do not answer. */
const unreachable = {
  DATABASE_URL: 'postgres://u:p@127.0.0.1:9/none',
  TEMPORAL_ADDRESS: '127.0.0.1:9',
  CONNECTOR_KEY_RING: JSON.stringify([{ id: 'k1', key: Buffer.alloc(32).toString('base64') }]),
};

test('help is no failure, and names every command', async () => {
  const { code, out } = await run(['--help']);
  expect(code).toBe(0);
  for (const name of 'start up down connect done abandon status inbox token quota doctor env exec'.split(' ')) {
    expect(out).toContain(`  ${name} `);
  }
});

test('wrong use exits with 2', async () => {
  expect((await run(['nonsense'])).code).toBe(2);
  expect((await run(['token'])).code).toBe(2);
  expect((await run(['status', '--nonsense'])).code).toBe(2);
  expect((await run(['token', 'youtube', '--min-seconds', 'soon'])).code).toBe(2);
  expect((await run(['events', '--limit', '0'])).code).toBe(2);
  const unknown = await run(['connect', 'myspace'], { env: unreachable });
  expect(unknown).toMatchObject({ code: 2, out: '' });
  expect(unknown.err).toContain('myspace');
});

test('an environment that is not set up fails with cause and remedy', async () => {
  const { code, out, err } = await run(['status']);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('CONNECTOR_KEY_RING');
  expect(err).toContain('→ Run: npm start');
});

test('with --json a failure is JSON', async () => {
  const { code, err } = await run(['status', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(err)).toMatchObject({ error: { exitCode: 1, link: null } });
});

test('a database that does not answer fails with what to do', async () => {
  const { code, err } = await run(['status'], { env: unreachable });
  expect(code).toBe(1);
  expect(err).toContain('ECONNREFUSED');
  expect(err).toContain('connector up');
});

test('options of exec stand anywhere before the two hyphens, and what follows is for the program', async () => {
  for (const args of [
    ['exec', 'x', '--credentials', '--', 'node', '--json'],
    ['exec', 'youtube', '--min-seconds', '60', '--account', 'a', '--', 'sh', '-c', 'true', '--', '--nonsense'],
    ['exec', '--env', 'sandbox', 'youtube', '--', 'node', '-v'],
  ]) {
    const { code, err } = await run(args, { env: unreachable });
    expect({ args, code }).toEqual({ args, code: 1 });
    // The database is asked for the token, so the command line was understood.
    expect(err).toMatch(/^(?!\{).*ECONNREFUSED/s);
  }
  expect((await run(['exec', 'youtube', '--nonsense', '--', 'node'])).code).toBe(2);
  expect((await run(['exec', 'youtube', '--'])).code).toBe(2);
});

test('what is shown names the environment, unless the bare command means it', () => {
  const shown = (shell: NodeJS.ProcessEnv, chosen: NodeJS.ProcessEnv): string =>
    environmentOption({ io: { ...quietIo, env: shell }, env: chosen });
  expect(shown({}, {})).toBe('');
  expect(shown({}, { CONNECTOR_ENV: 'live' })).toBe(' --env live');
  expect(shown({ CONNECTOR_ENV: 'live' }, { CONNECTOR_ENV: 'live' })).toBe('');
  expect(shown({ CONNECTOR_ENV: 'live' }, { CONNECTOR_ENV: 'sandbox' })).toBe(' --env sandbox');
  const up = {
    environment: 'live',
    url: 'http://localhost:8422',
    temporalUiUrl: 'http://localhost:8233',
    wasUp: false,
  };
  const said = describeUp(up, ' --env live', 'Console: http://localhost:8422/login?ticket=t').split('\n');
  expect(said[1]).toContain('/login?ticket=t');
  expect(said[2]).toContain('http://localhost:8233');
  expect(said.at(-1)).toBe('To end it: connector down --env live');
});

test('a secret in the command line is refused with the reason, and not repeated', async () => {
  const { code, err } = await run(['done', 'youtube', 'client', '--secret', 'client_secret=hunter2'], {
    env: unreachable,
  });
  expect(code).toBe(2);
  expect(err).toContain('ps');
  expect(err).toContain('--secret client_secret=@FILE');
  expect(err).not.toContain('hunter2');
  const nameless = await run(['done', 'youtube', 'client', '--secret', 'hunter2'], { env: unreachable });
  expect(nameless.code).toBe(2);
  expect(nameless.err).not.toContain('hunter2');
});

test.each([
  ['no JSON', '{"steps": ', 'is no JSON'],
  ['an unknown key', '{"step": {}}', 'step'],
  ['a value that is no text', '{"steps": {"client": {"client_id": 1}}}', 'steps.client.client_id'],
  ['an unknown key of the consent', '{"consent": {"acount": "a"}}', 'acount'],
  ['an unknown decision', '{"reviews": {"audit": {"decision": "maybe"}}}', 'reviews.audit.decision'],
])('answers with %s are refused with the place', async (_what, text, place) => {
  const file = join(folder, 'answers.json');
  writeFileSync(file, text);
  const { code, err } = await run(['connect', 'youtube', '--answers', file], { env: unreachable });
  expect(code).toBe(2);
  expect(err).toContain(place);
  const piped = await run(['connect', 'youtube', '--answers', '-'], { env: unreachable, input: text });
  expect(piped).toMatchObject({ code: 2 });
  expect(piped.err).toContain(place);
});

test('a person who is needed is told by exit code 3', () => {
  class NeedsConsentError extends Error {
    override readonly name = 'NeedsConsentError';
    readonly remedy = 'Agree again.';
    readonly link = 'http://localhost/consent/1';
  }
  expect(toFailure(new NeedsConsentError('It ended. Agree again.'))).toMatchObject({
    exitCode: 3,
    what: 'It ended.',
    remedy: 'Agree again.',
    link: 'http://localhost/consent/1',
  });
  expect(toFailure(new Error('boom'))).toMatchObject({ exitCode: 1, what: 'boom' });
  const failure = new CommandFailure(3, { what: 'a', remedy: 'b' });
  expect(toFailure(failure)).toBe(failure);
});

test("another environment's variables do not count", () => {
  const shell = { CONNECTOR_ENV: 'sandbox', DATABASE_URL: 'sandbox', CONNECTOR_PORT: '1', PATH: '/bin' };
  expect(commandEnvironment(shell, undefined)).toEqual(shell);
  expect(commandEnvironment(shell, 'sandbox')).toEqual(shell);
  expect(commandEnvironment(shell, 'live')).toEqual({ CONNECTOR_ENV: 'live', CONNECTOR_PORT: '1', PATH: '/bin' });
  expect(commandEnvironment({ DATABASE_URL: 'own' }, 'live')).toEqual({ CONNECTOR_ENV: 'live', DATABASE_URL: 'own' });
});

test('env prints what is set up, and nothing before', async () => {
  expect((await run(['env'])).code).toBe(1);
  const hosted = await run(['env'], { env: unreachable });
  expect(hosted.code).toBe(0);
  expect(hosted.out).toContain(`export DATABASE_URL='${unreachable.DATABASE_URL}'`);
});

test('down of an environment that is not up is no failure', async () => {
  expect(await run(['down'])).toMatchObject({ code: 0, err: '' });
});
