import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Remedy } from '../../../model/failure.ts';
import { storableText } from '../../../model/storable-text.ts';
import { resolvePlatform } from '../../../platforms/load.ts';
import { systemClock, type Network } from '../../../platforms/network.ts';
import type { Platform } from '../../../platforms/platform.ts';
import type { ConnectionCopy } from '../../../store/connection-copies.ts';
import type { Session } from '../session.ts';
import { presentOf, putCopy, type Imported, type ImportSession } from './imported.ts';
import { proveCredentials, type ProvedCredentials } from './prove-credentials.ts';

const storable = z.string().regex(storableText);
const text = z.union([storable, z.number(), z.boolean()]).transform(String);
const entrySchema = z.object({
  platform: z.string().min(1),
  credentials: z.record(storable, text.nullish()),
  account_name: storable.min(1).nullish(),
  scopes: z.array(storable).nullish(),
});

/** What a program without the connector kept of its accounts: one, or a list. */
export const plainSchema = z.union([entrySchema.transform((entry) => [entry]), z.array(entrySchema).min(1)]);
type PlainEntry = z.infer<typeof entrySchema>;

interface PlainSession extends ImportSession {
  /** Of this environment: platforms are told where its callback is. */
  readonly settings: Pick<Session['settings'], 'publicUrl'>;
}

/**
 * Proves each entry by asking its platform, and saves those that work as active connections. One that does not says why
 * and keeps no other from being saved.
 */
export async function importPlain(
  session: PlainSession,
  network: Network,
  { entries, owner }: { readonly entries: readonly PlainEntry[]; readonly owner: string },
): Promise<Imported[]> {
  const platforms = await session.platforms();
  // Resolved before anything is asked: a mistyped name must not leave half of a file imported.
  const known = entries.map((entry) => ({ entry, platform: resolvePlatform(platforms, entry.platform) }));
  const imported: Imported[] = [];
  for (const { entry, platform } of known)
    imported.push(await importEntry(session, network, { entry, platform, owner }));
  return imported;
}

async function importEntry(
  session: PlainSession,
  network: Network,
  { entry, platform, owner }: { readonly entry: PlainEntry; readonly platform: Platform; readonly owner: string },
): Promise<Imported> {
  const given = Object.entries(entry.credentials).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, value]],
  );
  const redirectUri = new URL('/callback', session.settings.publicUrl).href;
  const context = { network, clock: systemClock, redirectUri, scopes: entry.scopes ?? [] };
  try {
    const proved = await proveCredentials(
      platform,
      z.record(z.string(), z.string()).parse(Object.fromEntries(given)),
      context,
    );
    const copy = copyOf(proved, { entry, platform, owner });
    if (copy.accountId === null && (await isThere(session, platform, copy))) return presentOf(platform, copy);
    const imported = await putCopy(session.store, platform, copy);
    return imported.outcome === 'present' && proved.refreshed
      ? await update(session, platform, { imported, copy, proved })
      : imported;
  } catch (error) {
    const account = entry.account_name ?? null;
    const why = remedyOf(platform, error);
    return { platform: platform.id, account, owner, outcome: 'refused', connectionId: null, why };
  }
}

/** Proving the file's single-use refresh token has spent the one that the connection has, too. */
async function update(
  { store }: ImportSession,
  platform: Platform,
  {
    imported,
    copy,
    proved,
  }: { readonly imported: Imported; readonly copy: ConnectionCopy; readonly proved: ProvedCredentials },
): Promise<Imported> {
  const { owner, accountId, id: except } = copy;
  for (;;) {
    const known =
      accountId === null
        ? null
        : await store.connections.findAccount({ owner, platform: platform.id, accountId, except });
    if (known === null) return imported;
    const grant = { ...proved.grant, credentials: proved.credentials };
    const { id: connectionId, version } = known;
    const save = { connectionId, version, grant, readable: platform.readableFields, obtainedAt: copy.createdAt };
    // Null: somebody else wrote in between; what was proved here is the platform's last word all the same.
    if ((await store.connections.saveGrant(save)) !== null) return { ...imported, outcome: 'updated', connectionId };
  }
}

/** Where the platform does not tell whose token it is, the token itself tells whether it is connected already. */
async function isThere(
  { store }: ImportSession,
  platform: Platform,
  { owner, credentials }: ConnectionCopy,
): Promise<boolean> {
  const token = platform.accessToken(credentials);
  const live = await store.connections.read({ owner, platform: platform.id });
  return live.some((one) => platform.accessToken(one.credentials) === token);
}

function copyOf(
  { credentials, grant, refreshed }: ProvedCredentials,
  { entry, platform, owner }: { readonly entry: PlainEntry; readonly platform: Platform; readonly owner: string },
): ConnectionCopy {
  const now = systemClock.now().toISOString();
  const id = randomUUID();
  const proved = { lastProbeAt: now, createdAt: now, lastReadAt: now, lastRefreshAt: refreshed ? now : null };
  return {
    ...{ id, owner, platform: platform.id, label: id, credentials, ...proved },
    accountId: grant.account?.id ?? null,
    accountName: grant.account?.name ?? entry.account_name ?? null,
    ...{ status: 'active', statusReason: null },
    mode: grant.mode?.mode ?? 'live',
    modeReason: grant.mode?.reason ?? null,
    scopes: grant.scopes ?? entry.scopes ?? [],
    expiresAt: grant.expiresAt ?? null,
    refreshExpiresAt: grant.refreshExpiresAt ?? null,
    consentExpiresAt: grant.consentExpiresAt ?? null,
    nextRefreshAt: null,
    paused: false,
  };
}

function remedyOf(platform: Platform, error: unknown): Remedy {
  const { code, cause, remedy: usual, link } = platform.diagnose(error, systemClock.now());
  const fields = `Add it to the file. ${platform.name} has the fields ${platform.shape.join(', ')}.`;
  const remedy = code === 'credentials_incomplete' ? fields : usual;
  return link === undefined ? { cause, remedy } : { cause, remedy, link };
}
