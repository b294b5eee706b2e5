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
  /** What they said, each once. */
  readonly reasons: readonly string[];
};

/** Who can reach Temporal: everybody, nobody, or every other program; whoever cannot refreshes by itself. */
export const reaches = ['all', 'none', 'half'] as const;

export interface StormRequest {
  readonly readers: number;
  readonly processes: number;
  readonly workers: number;
  readonly temporal: (typeof reaches)[number];
}

/** Lets programs that are loaded and connected ask for one expired token, all at once. */
export async function runStorm(rig: Rig, { readers, processes, workers, temporal }: StormRequest): Promise<Storm> {
  const running = await Promise.all(Array.from({ length: workers }, () => rig.worker()));
  await Promise.all(running.map((worker) => worker.go()));
  const facts = await rig.connect(`storm-${temporal}`);
  await rig.keep(facts);
  const programs = await Promise.all(
    Array.from({ length: processes }, (_, index) => startReader(readerOf(rig, temporal, index), facts.owner)),
  );
  // Loading took a while; the token ends now.
  await expire(rig, facts);
  const before = rig.witness.spendings().length;
  const share = Math.ceil(readers / processes);
  const results = await Promise.all(
    programs.map((program, index) => program.read(Math.max(0, Math.min(share, readers - share * index)))),
  );
  // Counted when nobody can call any more.
  await Promise.all([...running.map((worker) => worker.stop()), ...programs.map((program) => program.end())]);
  const platformCalls = rig.witness.spendings().length - before;
  const tookMs = results.flatMap((result) => result.tookMs);
  const failures = results.flatMap((result) => result.failures);
  return {
    readers: tookMs.length,
    platformCalls,
    p50Ms: Math.round(quantile(tookMs, 0.5)),
    p99Ms: Math.round(quantile(tookMs, 0.99)),
    tokens: new Set(results.flatMap((result) => result.tokens)).size,
    failures: failures.length,
    reasons: [...new Set(failures)],
  };
}

// Nothing ever listens there.
const nowhere = '127.0.0.1:1';

function readerOf(
  { env, directory }: Rig,
  temporal: StormRequest['temporal'],
  index: number,
): Parameters<typeof startReader>[0] {
  const isCutOff = temporal === 'none' || (temporal === 'half' && index % 2 === 1);
  return { directory, env: isCutOff ? { ...env, TEMPORAL_ADDRESS: nowhere } : env };
}

/** Its time is over, as for a connection that nobody has read for a while. */
export async function expire({ admin }: Rig, { id }: Pick<ConnectionFacts, 'id'>): Promise<void> {
  const text = `update connector.platform_connections set expires_at = now() - interval '1 minute' where id = $1`;
  await admin.query(text, [id]);
}
