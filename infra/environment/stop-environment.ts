import type { EnvironmentHome } from './home.ts';
import { answersOk } from './parts.ts';
import { endProcess } from './process-identity.ts';
import { readRecord, type EnvironmentRecord } from './record.ts';
import { becomeSupervisor, currentSupervisor, resignAsSupervisor } from './single-supervisor.ts';
import { AlreadySupervisedError, endLeftovers } from './start-environment.ts';

/** `starting`: a process brings it up or puts it right · `up`: everything serves · `down`: nobody looks after it. */
export type EnvironmentState =
  { readonly state: 'down' | 'starting' } | { readonly state: 'up'; readonly record: EnvironmentRecord };

/** How an environment of this machine is now. */
export async function environmentState(home: EnvironmentHome): Promise<EnvironmentState> {
  if (currentSupervisor(home) === null) return { state: 'down' };
  const record = readRecord(home);
  if (record === null || record.readyAt === null) return { state: 'starting' };
  const port = String(record.ports['public']);
  return (await answersOk(`http://127.0.0.1:${port}/healthz`)) ? { state: 'up', record } : { state: 'starting' };
}

/**
 * Ends an environment, whoever looks after it; what a killed supervisor left running, too. True when something ran.
 * Throws when another process starts it at the same moment.
 */
export async function stopEnvironment(home: EnvironmentHome): Promise<boolean> {
  const supervisor = currentSupervisor(home);
  // Its own way takes a few seconds a part; what it has not ended by then is ended below.
  const ended = supervisor !== null && (await endProcess(supervisor, { signal: 'SIGTERM', patienceMs: 45_000 }));
  if (readRecord(home) === null) return ended;
  const other = becomeSupervisor(home);
  if (other !== null) throw new AlreadySupervisedError(home.environment, other);
  try {
    return (await endLeftovers(home)) || ended;
  } finally {
    resignAsSupervisor(home);
  }
}
