import { setTimeout as sleep } from 'node:timers/promises';
import { environmentHome, type EnvironmentHome } from '../../infra/environment/home.ts';
import type { EnvironmentRecord } from '../../infra/environment/record.ts';
import { currentSupervisor } from '../../infra/environment/single-supervisor.ts';
import { startInBackground } from '../../infra/environment/start-in-background.ts';
import { environmentState } from '../../infra/environment/stop-environment.ts';
import { untilAskedToStop } from '../../infra/environment/stop-signals.ts';
import type { CommandContext } from './command.ts';
import { CommandFailure, exitCodes } from './failure.ts';

export interface BroughtUp {
  readonly record: EnvironmentRecord;
  readonly wasUp: boolean;
}

/** Makes sure that the environment is up, in the background if it was not; resolves when it serves. */
export async function bringUpInBackground({ io, env }: CommandContext): Promise<BroughtUp> {
  const home = environmentHome(env);
  const wasUp = currentSupervisor(home) !== null;
  if (!wasUp) {
    const write = (text: string): void => io.err(text);
    await startInBackground({ home, env, write, signal: untilAskedToStop() });
  }
  return { record: await untilUp(home, (text) => io.err(text)), wasUp };
}

/** Waits for an environment that another process looks after. Throws when that process ends. */
export async function untilUp(home: EnvironmentHome, say: (text: string) => void): Promise<EnvironmentRecord> {
  for (let waitedMs = 0; ; waitedMs += 250) {
    const now = await environmentState(home);
    if (now.state === 'up') return now.record;
    if (now.state === 'down') {
      throw new CommandFailure(exitCodes.failed, {
        what: `The process that brought the environment "${home.environment}" up has ended.`,
        remedy: `See ${home.logs}/supervisor.log, then run: connector up`,
      });
    }
    if (waitedMs === 2_000) say(`waiting for process ${pidOf(home)}, which brings the environment up …\n`);
    await sleep(250);
  }
}

function pidOf(home: EnvironmentHome): string {
  return String(currentSupervisor(home)?.pid ?? '?');
}
