import type { ConnectionFacts } from '../../model/connection.ts';
import { resolvePlatform } from '../../platforms/load.ts';
import { CommandFailure, exitCodes } from './failure.ts';
import type { Session } from './session.ts';

export interface ConnectionQuery {
  readonly platform: string;
  readonly owner: string;
  readonly account: string | undefined;
}

/**
 * The one connection of an owner on a platform that is not revoked; `account` (id or name) chooses among several. Throws a
 * CommandFailure when there is none, and when it is not clear which is meant.
 */
export async function findConnection(session: Session, query: ConnectionQuery): Promise<ConnectionFacts> {
  const platform = resolvePlatform(await session.platforms(), query.platform);
  const all = await session.store.connections.list({
    owner: query.owner,
    platforms: [platform.id],
    statuses: ['active', 'needs_consent'],
  });
  const { account } = query;
  const found =
    account === undefined ? all : all.filter((one) => one.accountId === account || one.accountName === account);
  const [only, ...others] = found;
  if (only === undefined) {
    const which = account === undefined ? '' : `, account ${account}`;
    throw new CommandFailure(exitCodes.failed, {
      what: `There is no connection to ${platform.name} (owner ${query.owner}${which}).`,
      remedy: `Run: connector connect ${platform.id}`,
    });
  }
  if (others.length === 0) return only;
  const names = found.map((one) => one.accountName ?? one.accountId ?? one.id).join(', ');
  throw new CommandFailure(exitCodes.usage, {
    what: `There are ${String(found.length)} connections to ${platform.name} (owner ${query.owner}): ${names}.`,
    remedy: 'Say which one with --account.',
  });
}
