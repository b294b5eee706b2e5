import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createProgress, formatElapsed } from '../infra/engines/progress.ts';

describe('progress', () => {
  const slowly = (): Promise<void> => sleep(40);

  it('says nothing of a quick step', async () => {
    const written: string[] = [];
    const progress = createProgress({ stream: { write: (text) => written.push(text) }, silentMs: 5_000 });
    await progress.step('quick', slowly);
    expect(written).toEqual([]);
  });

  it('writes plain lines where there is no terminal', async () => {
    const written: string[] = [];
    const progress = createProgress({ stream: { write: (text) => written.push(text) }, silentMs: 10 });
    await Promise.all([progress.step('one', slowly), progress.step('two', slowly)]);
    expect(written).toHaveLength(4);
    expect(written.slice(0, 2)).toEqual(['one …\n', 'two …\n']);
    expect(written[2]).toMatch(/^one: done in \d+ s\n$/);
    expect(written[3]).toMatch(/^two: done in \d+ s\n$/);
  });

  it('counts minutes and seconds', () => {
    expect([formatElapsed(4_400), formatElapsed(271_000)]).toEqual(['4 s', '4 min 31 s']);
  });

  it('ends with one line a step on a terminal', async () => {
    const written: string[] = [];
    const stream = { isTTY: true, columns: 40, write: (text: string) => written.push(text) };
    await createProgress({ stream, silentMs: 10 }).step('one', slowly);
    expect(written.at(-1)).toMatch(/one: done in \d+ s\n$/);
  });
});
