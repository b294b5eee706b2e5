import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from '../../infra/environment/child-environment.ts';
import { saidReady, spawnedPart } from '../../infra/environment/part.ts';
import type { RestoredRelease } from './restore-release.ts';

/** Worker and server of one version. */
export interface RunningProgram {
  /** Ends both in order, as a deployment does. */
  stop(): Promise<void>;
}

/** Starts worker and server of the checkout in `folder` on an environment. */
export async function startProgram(folder: string, release: RestoredRelease): Promise<RunningProgram> {
  const { home, connectorHome } = release;
  const start = async (name: string, file: string): ReturnType<ReturnType<typeof spawnedPart>['start']> =>
    spawnedPart({
      ...{ name, command: process.execPath, args: [join(folder, file)], cwd: folder },
      env: childEnvironment(home, connectorHome, withoutTemporal(process.env)),
      logFile: join(home.logs, `${name}.log`),
      isReady: (output) => saidReady(output()),
      ...{ readyWithinMs: 120_000, stopSignal: 'SIGTERM', patienceMs: 15_000 },
    }).start(() => undefined);
  const starting = [start('worker', 'worker/main.ts'), start('server', 'client/server/main.ts')];
  const stop = async (): Promise<void> => {
    for (const one of await Promise.allSettled(starting)) if (one.status === 'fulfilled') await one.value.stop();
  };
  try {
    await Promise.all(starting);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/** Waits until something holds that other processes bring about. Throws what was seen last when it does not. */
export async function eventually<Seen>(look: () => Promise<Seen>, holds: (seen: Seen) => boolean): Promise<Seen> {
  const giveUpAt = Date.now() + 60_000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > giveUpAt) throw new Error(`Waited for a minute in vain; last seen: ${JSON.stringify(seen)}`);
    await sleep(100);
  }
}
