import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeTask } from './describe-task.ts';
import { table } from './output.ts';
import { wrapText } from './wrap-text.ts';

const long = 'TikTok has not audited the app: posts are visible to their author only. '.repeat(8).trim();
const link = `https://developers.tiktok.com/${'very-long-path/'.repeat(9)}`;
const widthOf = (drawn: string): number => Math.max(...drawn.split('\n').map((line) => line.length));

test('a table is no wider than it is told, and loses no word', () => {
  const rows = [['2026-11-23 12:00:00', 'tiktok', 'task.opened', 'connector', `why: ${long}\nlink: ${link}`]];
  const head = ['at (UTC)', 'platform', 'what', 'who', 'detail'];
  for (const columns of [80, 100, 160]) {
    const drawn = table(head, rows, { columns });
    expect(widthOf(drawn)).toBeLessThanOrEqual(columns);
    const words = drawn.replaceAll(/[│┌┐└┘├┤┬┴┼─\s]/g, '');
    for (const word of ['task.opened', 'connector']) expect(words).toContain(word);
    expect(drawn).toContain('audited');
    expect(drawn).not.toContain('…');
  }
  expect(table(['a'], [['short']], { columns: 100 })).toBe(table(['a'], [['short']]));
});

test('a task is wrapped, and its link stays in one piece', () => {
  const task = {
    platform: 'tiktok',
    owner: 'default',
    title: 'Hand in',
    why: long,
    link,
    dueAt: '2026-11-26T12:00:00Z',
  };
  const lines = describeTask(task, { now: new Date('2026-11-23T12:00:00Z'), columns: 80 }).split('\n');
  expect(lines[0]).toBe('tiktok: Hand in, due in 3 days (2026-11-26)');
  expect(lines.at(-1)).toBe(`  ${link}`);
  expect(lines.slice(0, -1).every((line) => line.length <= 80)).toBe(true);
});

test('wrapping keeps every word in its order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 }),
      fc.integer({ min: 1, max: 60 }),
      (words, columns) => {
        const lines = wrapText(words.join(' '), columns);
        expect(lines.join(' ')).toBe(words.join(' '));
        expect(lines.every((line) => line.length <= columns || !line.includes(' '))).toBe(true);
      },
    ),
  );
});
