import type { ConnectionFacts } from '../../../model/connection.ts';
import { quantile } from '../faults/quantile.ts';
import type { Rig } from '../faults/rig.ts';
import { startReader } from './reader-process.ts';

export type Storm = {
  readonly readers: number;
  /** Calls that reached the platform's token endpoint. */
  readonly platformCalls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Different tokens that readers were given. */
  readonly tokens: number;
  readonly failures: number;
};

/** Lets programs that are loaded and connected ask for one expired token, all at once. */
export async function runStorm(
  rig: Rig,
  { readers, processes }: { readers: number; processes: number },
): Promise<Storm> {
  const worker = await rig.worker();
  await worker.go();
  const facts = await rig.connect('storm');
  await rig.keep(facts);
  const programs = await Promise.all(Array.from({ length: processes }, () => startReader(rig, facts.owner)));
  // Loading took a while; the token ends now.
  await expire(rig, facts);
  const before = rig.witness.spendings().length;
  const share = Math.ceil(readers / processes);
  const results = await Promise.all(
    programs.map((program, index) => program.read(Math.min(share, readers - share * index))),
  );
  const platformCalls = rig.witness.spendings().length - before;
  await Promise.all([worker.stop(), ...programs.map((program) => program.end())]);
  const tookMs = results.flatMap((result) => result.tookMs);
  return {
    readers: tookMs.length,
    platformCalls,
    p50Ms: Math.round(quantile(tookMs, 0.5)),
    p99Ms: Math.round(quantile(tookMs, 0.99)),
    tokens: new Set(results.flatMap((result) => result.tokens)).size,
    failures: results.reduce((sum, { failures }) => sum + failures.length, 0),
  };
}

/** Its time is over, as for a connection that nobody has read for a while. */
export async function expire({ admin }: Rig, { id }: Pick<ConnectionFacts, 'id'>): Promise<void> {
  const text = `update connector.platform_connections set expires_at = now() - interval '1 minute' where id = $1`;
  await admin.query(text, [id]);
}
