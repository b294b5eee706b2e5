import { createProgress, type Progress } from '../../infra/engines/progress.ts';
import { environmentHome } from '../../infra/environment/home.ts';
import { currentSupervisor } from '../../infra/environment/single-supervisor.ts';
import { startEnvironment } from '../../infra/environment/start-environment.ts';
import { untilAskedToStop } from '../../infra/environment/stop-signals.ts';
import type { ConnectionReport } from '../../model/connection.ts';
import { reportConnections } from '../sdk/connection-report.ts';
import { pausedConnections } from '../../store/paused-connections.ts';
import { untilUp } from './bring-up.ts';
import { environmentOption, type CommandContext } from './command.ts';
import { connectSimulated } from './connect-simulated.ts';
import { exitCodes } from './failure.ts';
import { consoleLines } from './login-link.ts';
import { print } from './output.ts';
import { withSession, type Session } from './session.ts';
import { statusTable } from './status-table.ts';

/**
 * What `npm start` runs: brings the environment up, or uses the one that is up; connects what is not connected yet through
 * the simulators; shows the table; stays until Ctrl-C, and then ends what it has started.
 */
export async function startInForeground(context: CommandContext, { exit }: { exit: boolean }): Promise<number> {
  const { io, env } = context;
  const home = environmentHome(env);
  const asked = untilAskedToStop();
  const progress = createProgress({ stream: { isTTY: io.isTerminal, write: (text) => io.err(text) } });
  const other = currentSupervisor(home);
  if (other !== null)
    progress.note(`The environment "${home.environment}" is looked after by process ${String(other.pid)} already.`);
  const started = other === null ? await startEnvironment({ home, env, progress, signal: asked }) : null;
  try {
    if (started === null) await untilUp(home, (text) => io.err(text));
    const stays = !exit || started === null;
    const exitCode = await Promise.race([connectAndShow(context, { progress, stays }), whenAsked(asked)]);
    if (exit || exitCode === null) return exitCode ?? exitCodes.failed;
    if (started === null) return exitCode;
    progress.note('Ctrl-C ends it.');
    await whenAsked(asked);
    return exitCodes.done;
  } finally {
    if (started !== null) await progress.step('ending the environment', () => started.stop());
  }
}

interface Shown {
  readonly progress: Progress;
  /** The environment is still up when this command has ended, or until somebody ends it. */
  readonly stays: boolean;
}

async function connectAndShow(context: CommandContext, { progress, stays }: Shown): Promise<number> {
  return withSession(context.env, async (session) => {
    const platforms = await session.platforms();
    if (session.settings.simulatorUrl !== null) {
      await Promise.all(
        platforms.map((platform) =>
          progress.step(`connecting ${platform.name}`, () => connectSimulated(session, platform, progress)),
        ),
      );
    }
    const filter = { statuses: ['pending', 'active', 'needs_consent'] } as const;
    const [reports, paused] = await Promise.all([
      reportConnections({ store: session.store, platforms }, filter),
      pausedConnections(session.store, null),
    ]);
    const { columns } = context.io;
    const last = stays
      ? await whereToGo(context, session)
      : `The environment ends now. To bring it up: connector up${environmentOption(context)}`;
    print(context, reports, (rows) => [statusTable(rows, new Date(), { paused, columns }), last].join('\n'));
    if (session.settings.simulatorUrl === null) return exitCodes.done;
    const missing = platforms.filter(
      ({ id }) => !reports.some((report) => report.platform === id && isWorking(report)),
    );
    return missing.length === 0 ? exitCodes.done : exitCodes.failed;
  });
}

/** No link is made that nobody sees: JSON is for programs. */
async function whereToGo(context: CommandContext, session: Session): Promise<string> {
  return context.json ? '' : consoleLines(session, environmentOption(context));
}

/** Active, which includes an interim mode: restricted or manual until the platform has approved the app. */
function isWorking(report: ConnectionReport): boolean {
  return report.status === 'active' && (report.healthy || report.mode === 'manual');
}

/** Resolves with null once this process is asked to end. */
function whenAsked(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
