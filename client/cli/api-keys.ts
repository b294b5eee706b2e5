import type { ApiKeyRecord } from '../../store/api-keys.ts';
import { apiScopes } from '../api-scopes.ts';
import { formatInstant } from '../format-instant.ts';
import { environmentOption, type CommandContext } from './command.ts';
import { CommandFailure, exitCodes, type ExitCode } from './failure.ts';
import { lifetimeMs } from './lifetime.ts';
import { print, table } from './output.ts';
import { withSession, type Session } from './session.ts';

/** A key as `list` shows it; those of the stack have no dates, because Pulumi keeps them. */
interface ListedKey extends Pick<ApiKeyRecord, 'name' | 'scopes' | 'expiresAt' | 'lastUsedAt' | 'revokedAt'> {
  readonly source: 'stack' | 'command';
  readonly createdAt: string | null;
}

/** `connector api-keys list`: whose keys open what, and until when; never a key. */
export function listKeys(context: CommandContext, { all }: { all: boolean }): Promise<ExitCode> {
  return withSession(context.env, async ({ store, settings }) => {
    const records = await store.apiKeys.list();
    const own = records
      .filter(({ revokedAt }) => all || revokedAt === null)
      .map(({ name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt }) => {
        return { name, source: 'command', scopes, createdAt, expiresAt, lastUsedAt, revokedAt } as const;
      });
    print(context, [...ofStack(settings), ...own], (keys) => {
      const now = new Date();
      const rows = keys.map((key) => [
        key.name,
        key.source,
        key.scopes.join('\n'),
        standing(key, now),
        lastUse(key, now),
      ]);
      return table(['name', 'made by', 'scopes', 'expires', 'last used'], rows, { columns: context.io.columns });
    });
    return exitCodes.done;
  });
}

/** `connector api-keys create`: shows the key, this once; what is kept of it is a digest. */
export function createKey(
  context: CommandContext,
  { name, scope, expires = '90d' }: { name: string; scope: readonly string[]; expires?: string },
): Promise<ExitCode> {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) {
    throw usage(`"${name}" is no name for a key.`, 'Take up to 40 lower-case letters, digits and dashes.');
  }
  const scopes = [...new Set(scope.length === 0 ? ['tokens:read'] : scope)];
  const unknown = scopes.find((one) => !apiScopes.some((known) => known === one));
  if (unknown !== undefined) throw usage(`There is no scope "${unknown}".`, `The scopes are: ${apiScopes.join(', ')}`);
  const lifetime = lifetimeMs(expires);
  if (lifetime === undefined) throw usage(`"${expires}" is no time.`, 'Write it as 90d, 12h, 30min or never.');
  return withSession(context.env, async ({ store, settings }) => {
    const taken = ofStack(settings).some((key) => key.name === name);
    const made = taken ? null : await store.apiKeys.create({ name, scopes, lifetimeMs: lifetime });
    if (made === null) {
      const remedy = taken
        ? 'It belongs to the stack. Take another name.'
        : `Take another name, or end that key first: connector api-keys revoke ${name}${environmentOption(context)}`;
      throw new CommandFailure(exitCodes.failed, { what: `There is a key "${name}" already.`, remedy });
    }
    const { key, createdAt, expiresAt } = made;
    print(context, { name, scopes, createdAt, expiresAt, key }, () => key);
    if (!context.json) context.io.err(`It is shown this once. It expires: ${formatInstant(expiresAt, new Date())}.\n`);
    return exitCodes.done;
  });
}

/** `connector api-keys revoke`: within five seconds no server takes the key any more. */
export function revokeKey(context: CommandContext, name: string): Promise<ExitCode> {
  return withSession(context.env, async ({ store, settings }) => {
    const revoked = await store.apiKeys.revoke(name);
    if (revoked === null) {
      const remedy = ofStack(settings).some((key) => key.name === name)
        ? 'It belongs to the stack: take it out of connector:apiKeys and run `pulumi up`.'
        : `Which there are shows: connector api-keys list${environmentOption(context)}`;
      throw new CommandFailure(exitCodes.failed, { what: `No key "${name}" is there to be revoked.`, remedy });
    }
    print(context, { name, revokedAt: revoked.revokedAt }, () => `"${name}" is refused from now on, within 5 seconds.`);
    return exitCodes.done;
  });
}

function ofStack({ apiKeys }: Session['settings']): ListedKey[] {
  const unknown = { createdAt: null, expiresAt: null, lastUsedAt: null, revokedAt: null };
  return apiKeys.map(({ name, scopes }) => ({ name, source: 'stack', scopes, ...unknown }));
}

function standing({ revokedAt, expiresAt }: ListedKey, now: Date): string {
  if (revokedAt !== null) return `revoked ${formatInstant(revokedAt, now)}`;
  return formatInstant(expiresAt, now);
}

function lastUse({ source, lastUsedAt }: ListedKey, now: Date): string {
  if (source === 'stack') return '–';
  return lastUsedAt === null ? 'not yet' : formatInstant(lastUsedAt, now);
}

function usage(what: string, remedy: string): CommandFailure {
  return new CommandFailure(exitCodes.usage, { what, remedy });
}
