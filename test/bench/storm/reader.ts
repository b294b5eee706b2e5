import process from 'node:process';
import { connect } from '../../../client/sdk/index.ts';
import { fingerprint } from '../faults/witness.ts';
import { toReader, type Reading } from './messages.ts';

// A program that uses the SDK, as any other would: the environment's variables are all it has.

const [owner = 'default', platform = 'tiktok'] = process.argv.slice(2);
const connector = await connect();

async function readMany(reads: number): Promise<Reading> {
  const result: Reading = { tookMs: [], tokens: [], failures: [] };
  await Promise.all(
    Array.from({ length: reads }, async () => {
      const startedMs = performance.now();
      try {
        const { accessToken } = await connector.getValidToken(platform, { owner });
        result.tokens.push(fingerprint(accessToken));
      } catch (error) {
        result.failures.push(error instanceof Error ? `${error.name}: ${error.message}` : 'unknown');
      }
      result.tookMs.push(performance.now() - startedMs);
    }),
  );
  return result;
}

process.on('message', (message) => {
  void readMany(toReader.parse(message).reads).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
