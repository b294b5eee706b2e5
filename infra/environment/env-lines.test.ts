import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exportLines, shellQuote } from './env-lines.ts';

test('a shell gets back every text to the letter', () => {
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(texts, (given) => {
      // NUL cannot be in a variable, and a lone surrogate is no text in UTF-8.
      const usable = given.filter((text) => !text.includes('\0') && text.isWellFormed());
      const script = `printf '%s\\0' ${usable.map(shellQuote).join(' ')}`;
      const printed = usable.length === 0 ? '' : execFileSync('sh', ['-c', script], { encoding: 'utf8' });
      expect(printed.split('\0').slice(0, -1)).toEqual(usable);
    }),
    { numRuns: 60 },
  );
});

test('a value cannot break out of its line', () => {
  const hostile = `$(touch /tmp/owned)'; rm -rf "$HOME" \`id\` \\ \n export X=1`;
  const lines = exportLines({ CONNECTOR_URL: hostile }, []);
  const printed = execFileSync('sh', ['-c', `${lines.join('\n')}\nprintf %s "$CONNECTOR_URL"`], { encoding: 'utf8' });
  expect(printed).toBe(hostile);
});

test('the folders of the engines go in front of PATH', () => {
  const lines = exportLines({}, ['/a b', "/it's"]);
  const printed = execFileSync('/bin/sh', ['-c', `${lines.join('\n')}\nprintf %s "$PATH"`], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin' },
  });
  expect(printed).toBe("/a b:/it's:/usr/bin");
});

test('a NUL is refused', () => {
  expect(() => shellQuote('a\0b')).toThrow('NUL');
});
