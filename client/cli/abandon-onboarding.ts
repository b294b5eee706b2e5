import { resolvePlatform } from '../../platforms/load.ts';
import { pollUntil } from '../onboarding/poll-until.ts';
import { NoWorkflowError, type OnboardingKey } from '../sdk/orchestration.ts';
import type { CommandContext } from './command.ts';
import { CommandFailure, exitCodes, type ExitCode } from './failure.ts';
import { print } from './output.ts';
import { withSession } from './session.ts';

const patienceMs = 15_000;

/** Ends an onboarding, and returns when it has ended. Exits with 1 when none runs. */
export function abandonOnboarding(
  context: CommandContext,
  request: { readonly platform: string; readonly label: string },
): Promise<ExitCode> {
  return withSession(context.env, async (session) => {
    const { id: platform, name } = resolvePlatform(await session.platforms(), request.platform);
    const key = { owner: context.owner ?? 'default', platform, label: request.label };
    const { orchestration } = await session.walkParts();
    await orchestration.abandonOnboarding(key).catch((error: unknown) => {
      throw error instanceof NoWorkflowError ? noneRuns(key, name, error) : error;
    });
    const look = (): ReturnType<typeof orchestration.onboardingState> => orchestration.onboardingState(key);
    const state = await pollUntil(look, ({ status }) => status !== 'running', patienceMs);
    if (state.status === 'running') {
      const what = `The onboarding of ${name} was told to end, and has not ended yet.`;
      throw new CommandFailure(exitCodes.failed, { what, remedy: 'What is wrong says: connector doctor' });
    }
    const { connectionId, onboardingId, status } = state;
    const facts = connectionId === null ? null : await session.store.connections.facts(connectionId);
    const kept = facts === null ? null : facts.id;
    print(context, { onboardingId, status, connectionId: kept }, () =>
      status === 'completed'
        ? `The onboarding of ${name} was finished already.`
        : `The onboarding of ${name} is abandoned. ${kept === null ? 'What it had is deleted.' : 'The connection stays as it is.'}`,
    );
    return exitCodes.done;
  });
}

function noneRuns({ owner, label }: OnboardingKey, name: string, cause: Error): CommandFailure {
  return new CommandFailure(exitCodes.failed, {
    what: `No onboarding of ${name} runs (owner ${owner}, label ${label}).`,
    remedy: 'Those that run: connector onboarding',
    cause,
  });
}
