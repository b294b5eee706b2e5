import type { Remedy } from '../../../model/failure.ts';
import type { Platform } from '../../../platforms/platform.ts';
import type { ConnectionCopy } from '../../../store/connection-copies.ts';
import type { Store } from '../../../store/store.ts';
import type { Session } from '../session.ts';

/** What of a session an import needs. */
export type ImportSession = Pick<Session, 'store' | 'platforms'>;

/**
 * What became of one connection of a file: `present` ones were connected already and stay as they are; `updated` ones were,
 * too, and got the tokens that proving the file's brought.
 */
export interface Imported {
  readonly platform: string;
  readonly account: string | null;
  readonly owner: string;
  readonly outcome: 'imported' | 'updated' | 'present' | 'refused';
  readonly connectionId: string | null;
  readonly why: Remedy | null;
}

/** Puts a copy into the environment, and writes down that it came from a file. */
export async function putCopy(store: Store, platform: Platform, copy: ConnectionCopy): Promise<Imported> {
  const { id, owner, accountName } = copy;
  const isNew = await store.copies.put(copy, platform.readableFields);
  if (isNew) {
    const event = { connectionId: id, owner, platform: platform.id, actor: 'person', kind: 'connection.imported' };
    await store.events.append({ ...event, detail: { account: accountName } });
  }
  const present = presentOf(platform, copy);
  return isNew ? { ...present, outcome: 'imported', connectionId: id } : present;
}

/** It was connected already. */
export function presentOf({ id: platform }: Platform, { owner, accountName, accountId }: ConnectionCopy): Imported {
  const account = accountName ?? accountId;
  return { platform, account, owner, outcome: 'present', connectionId: null, why: null };
}
