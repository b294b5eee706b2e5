import { keeperId } from '../../model/temporal-names.ts';
import { notePause } from '../../store/paused-connections.ts';
import type { CommandContext } from './command.ts';
import { exitCodes, type ExitCode } from './failure.ts';
import { findConnection } from './find-connection.ts';
import { print } from './output.ts';
import { withSession } from './session.ts';

export interface KeeperMessage {
  readonly platform: string;
  readonly account: string | undefined;
  readonly message: 'pause' | 'resume' | 'revoke';
  /** What is then the case, for a person. */
  readonly said: string;
}

/** Tells the keeper of a connection something. */
export function tellKeeper(context: CommandContext, request: KeeperMessage): Promise<ExitCode> {
  const { platform, account, message, said } = request;
  return withSession(context.env, async (session) => {
    const facts = await findConnection(session, { platform, owner: context.owner ?? 'default', account });
    const parts = await session.walkParts();
    if (message === 'revoke') await parts.orchestration.revoke(facts);
    else {
      const messages = await import('../../workflows/messages.ts');
      const client = await session.temporal();
      await client.workflow.getHandle(keeperId(facts.id)).signal(messages[message]);
      await notePause(session.store, facts, message);
    }
    print(
      context,
      { connectionId: facts.id, platform: facts.platform, told: message },
      () => `The connection to ${facts.platform} (${facts.accountName ?? facts.id}) ${said}.`,
    );
    return exitCodes.done;
  });
}
