import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestStore, newKey, openActive, type TestStore } from '../../test/store.ts';
import { parseKeyRing } from '../../store/index.ts';
import type { Io } from './io.ts';
import { runCli } from './program.ts';

const [older, newer] = [newKey('k1'), newKey('k2')];
let database: TestStore;

beforeAll(async () => {
  database = await createTestStore(parseKeyRing([older]));
  await openActive(database.store);
});
afterAll(() => database.close());

/** In an environment whose keys come from a variable, and whose Temporal is away. */
async function keys(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const io: Io = {
    env: {
      CONNECTOR_HOME: '/nonexistent',
      CONNECTOR_ENV: 'hosted',
      DATABASE_URL: database.database.workerUrl,
      TEMPORAL_ADDRESS: '127.0.0.1:9',
      CONNECTOR_KEY_RING: JSON.stringify([newer, older]),
    },
    isTerminal: false,
    canAsk: false,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    readInput: () => Promise.resolve(''),
  };
  return { code: await runCli(['keys', ...args], io), ...said };
}

test('keys show what they seal; what cannot be known is said to be unknown', async () => {
  const { code, out } = await keys('list', '--json');
  expect(code).toBe(0);
  expect(z.array(z.unknown()).parse(JSON.parse(out))).toEqual([
    { id: 'k2', role: 'newest', fields: 0, workflows: null },
    { id: 'k1', role: 'older', fields: 3, workflows: null },
  ]);
});

test('a key that is needed, or may be, is not dropped', async () => {
  for (const [id, code, said] of [
    ['k1', 1, 'Temporal does not answer'],
    ['k2', 1, 'Make a newer key first'],
    ['k7', 2, 'no key "k7"'],
  ] as const) {
    const refused = await keys('drop', id);
    expect(refused.code).toBe(code);
    expect(refused.err).toContain(said);
  }
  expect((await keys('drop')).code).toBe(2);
  expect((await keys('turn')).code).toBe(2);
});

test('a rotation whose key came from outside is finished, and another one needs another key', async () => {
  const finished = await keys('rotate', '--json');
  expect(finished.code).toBe(0);
  expect(finished.err).toContain('An earlier rotation goes on');
  expect(JSON.parse(finished.out)).toMatchObject({ newest: 'k2', older: ['k1'], fields: 3, workflows: null });
  expect(await database.store.sealedFields.usage()).toEqual(new Map([['k2', 3]]));
  const again = await keys('rotate');
  expect(again.code).toBe(1);
  expect(again.err).toContain('Put a new id in front of connector:keyIds');
});
