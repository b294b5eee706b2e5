import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { choosePort } from '../../infra/environment/ports.ts';

const run = promisify(execFile);
const checkout = join(import.meta.dirname, '../..');
const prefix = 'npm run -s connector -- ';
const failed = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });
// The engines may have to be built first, which takes minutes, once a machine.
const timeout = 20 * 60_000;

let folder: string;
let home: string;
let port: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'connector-skill-'));
  home = join(folder, 'home');
  port = String(await choosePort(undefined, []));
  writeFileSync(join(folder, 'secret.txt'), 'GOCSPX-made-up-by-nobody');
  writeFileSync(join(folder, 'post.js'), 'process.exit(process.env.CONNECTOR_ACCESS_TOKEN ? 0 : 1)');
});

afterAll(async () => {
  await shell('down');
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line of SKILL.md as an agent's shell would, in the sandbox instead of at the real platforms. */
async function shell(words: string): Promise<Answer> {
  // What the tests' own shell knows of another environment must not get in.
  const own = Object.entries(process.env).filter(([name]) => !/^(CONNECTOR|DATABASE|TEMPORAL|PULUMI)_/.test(name));
  const env = { ...Object.fromEntries(own), CONNECTOR_HOME: home, CONNECTOR_PORT: port };
  const line = `"${process.execPath}" "${join(checkout, 'client/cli/main.ts')}" ${words}`;
  try {
    const { stdout, stderr } = await run('sh', ['-c', line], { env, cwd: folder, timeout });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return failed.parse(error);
  }
}

function commandsOfSkill(): string[] {
  const text = readFileSync(join(checkout, 'SKILL.md'), 'utf8');
  const lines = text.split('\n').filter((line) => line.startsWith(prefix));
  return lines.map((line) =>
    line
      .slice(prefix.length)
      .replace(' --env live', '')
      .replace('~/youtube-answers.json', join(folder, 'answers.json'))
      .replace('@FILE', `@${join(folder, 'secret.txt')}`)
      .replace('ID', '1-made-up.apps.googleusercontent.com')
      .replace('KEY', 'awmadeup')
      .replace('--account NAME', '--account "Creator Channel"'),
  );
}

/** What has nothing left to say but "done"; the others may end with what the platform or the person has to do. */
const certain = /^(--help|up|status|connect .*--answers|exec|inbox|events|revoke|down|start)/;

test(
  'every command that SKILL.md shows runs, in its order, and ends with a code that it explains',
  { timeout },
  async () => {
    expect((await shell('start --exit')).code).toBe(0);
    const commands = commandsOfSkill();
    expect(commands.length).toBeGreaterThan(20);
    for (const words of commands) {
      // The last part is tried out by somebody who begins with nothing.
      if (words.startsWith('start')) home = join(folder, 'new-home');
      if (words.startsWith('connect') && words.includes('--answers')) await writeAnswers();
      const { code, stderr } = await shell(words);
      expect(stderr, words).not.toMatch(/\n {4}at /);
      if (certain.test(words)) expect(code, `${words}\n${stderr}`).toBe(0);
      else expect([0, 1, 3], `${words}\n${stderr}`).toContain(code);
    }
  },
);

/** What a person would have written down after the walk through the portal. */
async function writeAnswers(): Promise<void> {
  const { stdout } = await shell('env');
  const simulators = /CONNECTOR_SIMULATOR_URL='?([^'\n]+)/.exec(stdout)?.[1] ?? '';
  const answers = await fetch(`${simulators}/_simulator/answers/youtube`);
  writeFileSync(join(folder, 'answers.json'), await answers.text());
}
