import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import setUp from '../global-setup.ts';
import { startService } from '../service.ts';
import { recordConnections } from './connections.ts';
import { saveInto } from './save-history.ts';
import { recordRareMoments } from './rare-moments.ts';

/**
 * Records what workflows really did, phase by phase, for `test/histories.test.ts` to replay: `npm run histories`. Run it
 * when a workflow has learnt something new. Each version has a folder of its own, and that of a release stays as it is:
 * its workflows are running somewhere.
 */
const text = await readFile(join(import.meta.dirname, '../../package.json'), 'utf8');
const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
if (existsSync(join(import.meta.dirname, '../releases', version))) {
  console.error(
    `${version} is released: its histories stay as they are. Raise the version in package.json, then record.`,
  );
  process.exit(1);
}
const save = saveInto(join(import.meta.dirname, version));
const stop = await setUp();
try {
  // Not encrypted: recordings hold no key, and need none to be replayed.
  const service = await startService('real', undefined, { encrypted: false });
  try {
    await recordConnections(service, save);
  } finally {
    await service.close();
  }
  await recordRareMoments(save);
} finally {
  await stop();
}
