import { loginAddress } from '../login-address.ts';
import type { Session } from './session.ts';

/** A link that signs one browser in to the console, once. */
export interface LoginLink {
  readonly url: string;
  readonly expiresAt: string;
}

/** Makes a login link for the console of an environment. */
export async function makeLoginLink({ store, settings }: Pick<Session, 'store' | 'settings'>): Promise<LoginLink> {
  const { ticket, expiresAt } = await store.consoleSessions.invite();
  return { url: loginAddress(settings.publicUrl, ticket), expiresAt };
}

/** Where the console is, by a login link; by its bare address where none can be made, as with a reader's rights. */
export async function consoleLines(
  session: Pick<Session, 'store' | 'settings'>,
  environmentOption: string,
): Promise<string> {
  const link = await makeLoginLink(session).catch(() => null);
  if (link === null) return `Console: ${session.settings.publicUrl}`;
  return `Console: ${link.url}\n  The link works once, for 10 minutes. Another: connector login${environmentOption}`;
}
