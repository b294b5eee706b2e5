import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { addCommand, type AddCommand } from '../client/cli/command.ts';
import { commands } from '../client/cli/commands/index.ts';
import type { Io } from '../client/cli/io.ts';
import { parseAnswers } from '../client/onboarding/answers.ts';
import { connectionStatuses } from '../model/connection.ts';
import { failureKinds } from '../model/failure.ts';
import { capabilities, modes } from '../model/platform.ts';
import { loadPlatforms } from '../platforms/load.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(fence)].flatMap(([, name, body = '']) => (name === language ? [body] : []));
}

const io: Io = {
  ...{ env: {}, isTerminal: false, canAsk: false },
  ...{ out: () => undefined, err: () => undefined, readInput: () => Promise.resolve('') },
};

/** The real program, which parses everything and runs nothing. */
function createProgram(): Command {
  const quiet = { writeOut: () => undefined, writeErr: () => undefined };
  const program = new Command('connector').enablePositionalOptions().exitOverride().configureOutput(quiet);
  const add: AddCommand = (definition) => {
    addCommand(program, io, definition, () => undefined);
  };
  for (const register of commands) register(add);
  for (const command of program.commands) {
    command.action(() => undefined);
  }
  return program;
}

/** What is wrong with a command line; null: nothing. */
async function problemOf(args: readonly string[]): Promise<string | null> {
  try {
    await createProgram().parseAsync([...args], { from: 'user' });
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? null : error.message;
  }
}

/** Splits a command line as a shell does, up to where the shell ends the command. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  const token = /\s*(?:((?:'[^']*'|"(?:\$\([^)]*\)|[^"])*"|[^\s'"|;&)<>#])+)|([|;&)<>#]))/gy;
  for (let match = token.exec(line); match?.[1] !== undefined; match = token.exec(line)) {
    words.push(match[1].replaceAll(/^['"]|['"]$/g, ''));
  }
  return words;
}

/** Every `connector …` in shell blocks and between backticks, and what `npm start -- …` hands to `connector start`. */
function commandLines(text: string): string[][] {
  const shell = blocks(text, 'sh').join('\n').replaceAll('\\\n', ' ');
  const spans = [...text.replaceAll(fence, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  const start = /(?:^|[|(;&]\s*|\w=\S+ )(npm run -s connector --|connector|npm start(?: --)?)(?= |$)/gm;
  return [shell, ...spans].flatMap((source) =>
    [...source.matchAll(start)].map((match) => {
      const [, name = ''] = match;
      const words = wordsOf((source.slice(match.index + match[0].length).split('\n')[0] ?? '').trimEnd());
      return name.startsWith('npm start') ? ['start', ...words] : words;
    }),
  );
}

describe.each(['README.md', 'SKILL.md', 'CONTRIBUTING.md'])('%s', (file) => {
  test('shows only commands and options that exist', async () => {
    // The shell function of the README hands on whatever it gets.
    const lines = commandLines(read(file)).filter((words) => words.length > 0 && words[0] !== '$@');
    expect(lines.length).toBeGreaterThan(0);
    for (const words of lines) expect(await problemOf(words), `connector ${words.join(' ')}`).toBeNull();
  });

  test('shows only scripts that exist', () => {
    const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));
    const known = new Set(Object.keys(scripts));
    for (const [, name = ''] of read(file).matchAll(/npm run (?:-s )?([\w:-]+)/g)) expect(known).toContain(name);
  });
});

test('a command that does not exist would be found', async () => {
  const [words = []] = commandLines('```sh\neval "$(npm run -s connector -- nonsense youtube)"\n```');
  expect(words).toEqual(['nonsense', 'youtube']);
  expect(await problemOf(words)).toContain('unknown command');
  expect(await problemOf(['status', '--nonsense'])).toContain('unknown option');
  expect(await problemOf(['done', 'youtube'])).toContain('missing required argument');
  expect(await problemOf(['exec', 'x', '--credentials', '--', 'node', '--nonsense'])).toBeNull();
});

const documents = globSync('**/*.md', { cwd: root, exclude: (name) => name.includes('node_modules') });

function anchorsOf(file: string): Set<string> {
  const headings = [
    ...readFileSync(file, 'utf8')
      .replaceAll(fence, '')
      .matchAll(/^#+ (.+)$/gm),
  ];
  const slug = (title: string): string =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
  return new Set(headings.map(([, title = '']) => slug(title)));
}

test.each(documents)('the links of %s lead somewhere', (document) => {
  for (const [, target = ''] of read(document)
    .replaceAll(fence, '')
    .matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? join(root, document) : resolve(root, dirname(document), path);
    expect(existsSync(file), target).toBe(true);
    expect(relative(root, file).startsWith('..'), target).toBe(false);
    if (anchor !== undefined) expect(anchorsOf(file), target).toContain(anchor);
  }
});

describe('the glossary', () => {
  const glossary = read('model/glossary.md');
  const entries = [...glossary.matchAll(/^### (.+)\n\n((?:.+\n)+)/gm)].map(([, word = '', text = '']) => ({
    word,
    text,
  }));

  test('has each word once', () => {
    const words = [...glossary.matchAll(/^### (.+)$/gm)].map(([, word = '']) => word);
    expect(words.length).toBeGreaterThan(30);
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
    expect(entries.map(({ word }) => word)).toEqual(words);
  });

  test('explains each word in one sentence', () => {
    for (const { word, text } of entries) expect(text.trim(), word).toMatch(/^[A-Z][^.]*\.$/s);
  });

  test('names every status, mode, failure kind and capability', () => {
    for (const name of [...connectionStatuses, ...modes, ...failureKinds, ...capabilities]) {
      expect(glossary).toContain(`\`${name}\``);
    }
  });
});

describe('SKILL.md', () => {
  const skill = read('SKILL.md');

  test('says in its front matter what it is called and when to use it', () => {
    const [, matter = ''] = /^---\n([\s\S]*?)\n---\n/.exec(skill) ?? [];
    const { name } = z.object({ name: z.string() }).parse(JSON.parse(read('package.json')));
    expect(matter).toMatch(new RegExp(`^name: ${name}$`, 'm'));
    expect(matter).toMatch(/^description: \S.{50,1000}$/m);
  });

  test('shows answers that the command line takes, for steps and fields that each platform has', async () => {
    for (const text of blocks(skill, 'json')) parseAnswers(text, 'SKILL.md');
    for (const platform of await loadPlatforms()) {
      const section = skill.split(/^### /m).find((part) => part.startsWith(platform.name)) ?? '';
      const [example] = blocks(section, 'json');
      expect(example, platform.name).toBeDefined();
      const { steps, choices } = parseAnswers(example ?? '', 'SKILL.md');
      for (const [id, values] of Object.entries(steps)) {
        const step = platform.steps.find((one) => one.id === id);
        const names = step?.kind === 'portal' ? step.fields.map((field) => field.name) : [];
        expect(names, `${platform.id} ${id}`).toEqual(expect.arrayContaining(Object.keys(values)));
      }
      for (const id of Object.keys(choices)) expect(platform.steps.find((one) => one.id === id)?.kind).toBe('choice');
    }
  });
});
