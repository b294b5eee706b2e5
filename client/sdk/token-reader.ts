import { setTimeout as sleep } from 'node:timers/promises';
import { storableText } from '../../model/storable-text.ts';
import { CredentialsError } from '../../platforms/define-platform.ts';
import { resolvePlatform } from '../../platforms/load.ts';
import type { Clock } from '../../platforms/network.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { Store, StoredConnection } from '../../store/store.ts';
import { ManualModeError, NeedsConsentError, NotConnectedError, UnavailableError } from './errors.ts';
import type { Wanted } from './errors.ts';
import type { ReadNotes } from './read-notes.ts';
import type { Refresher, RefreshResult } from './refresh-once.ts';
import { lifeLeftMs, tokenOf } from './token.ts';
import type { Token } from './token.ts';

export interface TokenOptions {
  /** The tenant or user of the calling program; `default` unless said. */
  readonly owner?: string | undefined;
  /** The id or the name of the account; the newest connection unless said. */
  readonly account?: string | undefined;
  /** How long the token must still live; 30 unless said. */
  readonly minimumSeconds?: number | undefined;
}

export interface TokenReaderParts {
  readonly store: Store;
  readonly platforms: readonly Platform[];
  readonly refresher: Refresher;
  readonly notes: ReadNotes;
  readonly publicUrl: string;
  /** Only tests give one: without it the database's clock judges, so that skewed machines agree. */
  readonly clock?: Clock | undefined;
}

interface Request {
  readonly wanted: Wanted;
  readonly platform: Platform;
  readonly minimumMs: number;
  /** The caller asked for that much; otherwise any token that lives will do when no better one can be had. */
  readonly isStrict: boolean;
}

const defaultMinimumSeconds = 30;
const patienceMs = 25_000;

/**
 * A valid token: one SELECT while it is fresh, a refresh otherwise. A failed refresh is no failure of the read as long
 * as the stored token lives. Throws the errors of errors.ts.
 */
export async function readToken(parts: TokenReaderParts, name: string, options: TokenOptions = {}): Promise<Token> {
  const request = requestOf(parts, name, options);
  const stored = (await select(parts, request))[0];
  if (stored === undefined) throw new NotConnectedError(request.wanted);
  parts.notes.note(stored.facts);
  if (stored.facts.mode === 'manual') throw manual(request, stored);
  if (isServable(stored) && leftMs(parts, stored) >= request.minimumMs) return served(parts, request, stored);
  return renew(parts, request, stored);
}

function requestOf(parts: TokenReaderParts, name: string, options: TokenOptions): Request {
  const { owner = 'default', account, minimumSeconds } = options;
  const wanted = { platform: name, owner, account };
  // Looked up, it would be an error of Postgres, which keeps no such text.
  if (!storableText.test(owner) || !storableText.test(account ?? '')) throw new NotConnectedError(wanted);
  if (minimumSeconds !== undefined && !(minimumSeconds >= 0)) {
    throw new RangeError(`minimumSeconds is ${minimumSeconds}; give a number of seconds, 0 or more.`);
  }
  return {
    wanted,
    platform: platformNamed(parts, wanted),
    minimumMs: 1000 * (minimumSeconds ?? defaultMinimumSeconds),
    isStrict: minimumSeconds !== undefined,
  };
}

function platformNamed(parts: TokenReaderParts, wanted: Wanted): Platform {
  try {
    return resolvePlatform(parts.platforms, wanted.platform);
  } catch (error) {
    throw new NotConnectedError(wanted, { cause: error });
  }
}

async function select(parts: TokenReaderParts, { wanted, platform }: Request): Promise<StoredConnection[]> {
  const { owner, account } = wanted;
  try {
    return await parts.store.connections.read({
      owner,
      platform: platform.id,
      ...(account === undefined ? {} : { account }),
    });
  } catch (error) {
    const what = `the connection could not be read (${error instanceof Error ? error.message : 'unknown error'}).`;
    throw unavailable(
      wanted,
      what,
      'See that Postgres runs and that the key ring is complete: connector doctor.',
      error,
    );
  }
}

/** Repeats until somebody's refresh shows in the row: ours, the keeper's, or that of another process. */
async function renew(parts: TokenReaderParts, request: Request, before: StoredConnection): Promise<Token> {
  const deadline = Date.now() + patienceMs;
  let stored = before;
  let result: RefreshResult | null = null;
  for (let pauseMs = 50; stored.facts.status === 'active'; pauseMs = Math.min(2 * pauseMs, 1_000)) {
    if (isBeyondLifetime(request, stored)) break;
    result = await within(parts.refresher.refresh(stored), deadline - Date.now(), stillRunning);
    const { version } = stored.facts;
    const again = (await select(parts, request)).find(({ facts }) => facts.id === before.facts.id);
    if (again === undefined) throw new NotConnectedError(request.wanted);
    stored = again;
    if (leftMs(parts, stored) >= request.minimumMs) return served(parts, request, stored);
    // Only a lease in other hands or a row that moved on leaves something to wait for.
    const mayComeYet = result.outcome === 'held' || (result.outcome === 'not_due' && version !== stored.facts.version);
    if (!mayComeYet || Date.now() >= deadline) break;
    await sleep(pauseMs);
  }
  return settle(parts, request, stored, result);
}

/** The second best: a token that lives, though not as long as one would like; or the error that says why there is none. */
async function settle(
  parts: TokenReaderParts,
  request: Request,
  stored: StoredConnection,
  result: RefreshResult | null,
): Promise<Token> {
  const { facts } = stored;
  const lifeMs = leftMs(parts, stored);
  const lives = isServable(stored) && lifeMs > 0;
  if (lives && !request.isStrict) return served(parts, request, stored);
  if (facts.status === 'needs_consent') throw await needsConsent(parts, request.wanted, stored, result?.cause ?? null);
  const cause =
    result === null ? 'No refresh makes it live longer.' : (result.cause ?? 'Another process refreshes it.');
  const remedy = result?.remedy ?? 'Try again in a moment.';
  const retryAt = result?.retryAt ?? undefined;
  if (!lives)
    throw unavailable(request.wanted, `it has expired, and ${decapitalised(cause)}`, remedy, undefined, retryAt);
  const shortOf = `it lives ${Math.floor(lifeMs / 1000)} s more, not ${request.minimumMs / 1000} s, and ${decapitalised(cause)}`;
  throw unavailable(request.wanted, shortOf, `${remedy} Or ask for fewer seconds.`, undefined, retryAt);
}

/** A row that says that its token lives but holds none, such as one that was brought from elsewhere, is for a person to mend. */
async function served(parts: TokenReaderParts, request: Request, stored: StoredConnection): Promise<Token> {
  try {
    return tokenOf(request.platform, stored);
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    throw await needsConsent(parts, request.wanted, stored, 'it holds no access token');
  }
}

/** A refresh gives a full lifetime and no more, so a wish beyond it would refresh on every read for nothing. */
function isBeyondLifetime({ minimumMs, isStrict }: Request, { facts }: StoredConnection): boolean {
  if (!isStrict || facts.expiresAt === null || facts.lastRefreshAt === null) return false;
  const lifetimeMs = Date.parse(facts.expiresAt) - Date.parse(facts.lastRefreshAt);
  return lifetimeMs > 0 && minimumMs > lifetimeMs;
}

/** A token without an end whose grant the platform has refused is dead, whatever its clock says. */
function isServable({ facts }: StoredConnection): boolean {
  return facts.status === 'active' || facts.expiresAt !== null;
}

function leftMs(parts: TokenReaderParts, stored: StoredConnection): number {
  return lifeLeftMs(stored, parts.clock?.now() ?? new Date(stored.readAt));
}

async function needsConsent(
  { store, publicUrl }: TokenReaderParts,
  wanted: Wanted,
  { facts }: StoredConnection,
  cause: string | null,
): Promise<NeedsConsentError> {
  // The inbox says it in words; a reader's role may not see it, and then the platform's own word must do.
  const tasks = await store.tasks.list({ connectionId: facts.id }).catch(() => []);
  const reason = cause ?? tasks[0]?.why ?? facts.statusReason ?? 'the platform refused its grant';
  const link = new URL(`/consent/${facts.id}`, publicUrl).href;
  return new NeedsConsentError(wanted, { connectionId: facts.id, link, reason });
}

function manual({ wanted, platform }: Request, { facts, credentials }: StoredConnection): ManualModeError {
  const fallback = 'Post by hand until the platform has approved the app; connector inbox says what it waits for.';
  const instructions = platform.manualInstructions?.(credentials).join(' ') ?? facts.modeReason ?? fallback;
  return new ManualModeError(wanted, { connectionId: facts.id, instructions });
}

function unavailable(
  wanted: Wanted,
  what: string,
  remedy: string,
  cause?: unknown,
  retryAt?: string,
): UnavailableError {
  const when = retryAt ?? new Date(Date.now() + 5_000).toISOString();
  return new UnavailableError(wanted, { what, remedy, retryAt: when }, cause === undefined ? {} : { cause });
}

function decapitalised(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

const stillRunning: RefreshResult = {
  outcome: 'held',
  expiresAt: null,
  cause: 'The refresh is still under way.',
  remedy: 'Try again in a moment.',
  retryAt: null,
};

/** The result, or `late` when it is not there in time; the act itself goes on. */
async function within<T>(promise: Promise<T>, ms: number, late: T): Promise<T> {
  const giveUp = new AbortController();
  try {
    return await Promise.race([promise, sleep(Math.max(0, ms), late, { signal: giveUp.signal })]);
  } finally {
    giveUp.abort();
  }
}
