import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unlimited } from '../../model/quota.ts';
import type { QuotaState } from '../../model/quota.ts';
import { parseKeyRing } from '../../store/index.ts';
import { createTestStore, newKey, openActive } from '../../test/store.ts';
import { runCli } from './program.ts';
import { quotaTable } from './quota-table.ts';

const ringKey = newKey('k1');
const now = new Date('2026-11-23T20:00:00Z');
const uploads: QuotaState = {
  ...{ platform: 'youtube', bucket: 'uploads', unit: 'uploads', app: 'client-1', countedFor: 'app' },
  accounts: ['Ada', 'Bob', 'Cy', 'Dee'],
  ...{ limit: 100, used: 41, reserved: 2, remaining: 57 },
  ...{ windowStart: '2026-11-23T08:00:00.000Z', resetsAt: '2026-11-24T08:00:00.000Z' },
};

it('shows what is used, reserved and left, whose it is, and when it starts anew', () => {
  const shown = quotaTable([uploads], now);
  for (const text of ['youtube', 'app of Ada, Bob, Cy and 1 more', '41', '100', '57', 'in 12 h']) {
    expect(shown).toContain(text);
  }
});

it('says what is counted where the bucket does not, and that there is no limit', () => {
  const spending = { ...uploads, bucket: 'spending', unit: 'thousandths of a dollar', countedFor: 'account' } as const;
  const shown = quotaTable([{ ...spending, accounts: ['Ada'], limit: unlimited, remaining: unlimited }], now);
  expect(shown).toContain('(thousandths of a dollar)');
  expect(shown).toContain('no limit');
  expect(shown).not.toContain(String(unlimited));
});

it('says so when nothing is counted', () => {
  expect(quotaTable([], now)).toContain('Nothing is counted');
});

it('is what the command prints, for a person and for a program', async () => {
  const tested = await createTestStore(parseKeyRing([ringKey]));
  try {
    const { accountName } = await openActive(tested.store, { platform: 'youtube' });
    const env = {
      CONNECTOR_HOME: join(tmpdir(), 'connector-quota-test'),
      DATABASE_URL_WORKER: tested.database.workerUrl,
      TEMPORAL_ADDRESS: '127.0.0.1:9',
      CONNECTOR_KEY_RING: JSON.stringify([ringKey]),
    };
    const run = async (...args: string[]): Promise<{ code: number; text: string }> => {
      let text = '';
      const write = (more: string): void => void (text += more);
      const readInput = (): Promise<string> => Promise.resolve('');
      const code = await runCli(args, { env, isTerminal: false, canAsk: false, out: write, err: write, readInput });
      return { code, text };
    };
    const person = await run('quota', 'youtube');
    expect(person.code).toBe(0);
    expect(person.text).toContain(`app of ${String(accountName)}`);
    const program = await run('quota', '--json');
    expect(JSON.parse(program.text)).toContainEqual(
      expect.objectContaining({ platform: 'youtube', bucket: 'uploads', limit: 100, used: 0, remaining: 100 }),
    );
    expect((await run('quota', 'myspace')).code).toBe(2);
  } finally {
    await tested.close();
  }
});
