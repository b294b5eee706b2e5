import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { bundleWorkflows } from '../worker/create-workers.ts';

const folder = join(import.meta.dirname, 'histories');

test('workflows that are under way go on under this code as under the code that started them', async () => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.history'));
  expect(files.length).toBeGreaterThan(0);
  const recorded = await Promise.all(
    files.map(async (file) => {
      const history = proto.temporal.api.history.v1.History.decode(await readFile(join(folder, file)));
      return { workflowId: file, history };
    }),
  );
  const replayed: string[] = [];
  for await (const result of Worker.runReplayHistories({ workflowBundle: await bundleWorkflows() }, recorded)) {
    expect(result.error, result.workflowId).toBeUndefined();
    replayed.push(result.workflowId);
  }
  expect(replayed.toSorted()).toEqual(files.toSorted());
}, 60_000);

test('recorded histories hold no secret', async () => {
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.history'))) {
    const text = await readFile(join(folder, file), 'latin1');
    const leak = /ya29\.[\w-]{16,}|1\/\/[\w-]{16,}|4\/0A[\w-]{16,}|GOCSPX-[\w-]{12,}|(act|rft)\.[\w-]{16,}/;
    expect(leak.exec(text)?.[0], file).toBeUndefined();
  }
});
