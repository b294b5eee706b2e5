import { timingSafeEqual } from 'node:crypto';
import type { Settings } from '../../infra/environment/settings.ts';
import type { ApiKeys } from '../../store/api-keys.ts';
import { digestOf, isApiKey } from '../../store/index.ts';

/** A key of the environment's settings, as the server keeps it: by its digest. */
export interface EnvironmentKey {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly digest: Buffer;
}

/** Whose key it is, and what it may. */
export type KnownKey = Pick<EnvironmentKey, 'name' | 'scopes'>;

/** Finds whose key was given: at once where the answer is known, null for nobody's. */
export type FindKey = (given: string) => KnownKey | null | Promise<KnownKey | null>;

/** An answer of the database is asked for anew after `freshMs`, and counts for no longer than `staleMs`. */
export const keyMemory = { freshMs: 2_000, staleMs: 4_000, noteMs: 60_000 } as const;

interface Answer {
  readonly key: KnownKey & { readonly id: string };
  readonly askedMs: number;
  readonly endsMs: number;
}

interface Question {
  readonly askedMs: number;
  readonly answer: Promise<Answer | null>;
}

/** What the process goes on with once it has read the keys. */
export function digestKeys(apiKeys: Settings['apiKeys']): EnvironmentKey[] {
  return apiKeys.map(({ name, key, scopes }) => ({ name, scopes, digest: digestOf(key) }));
}

/**
 * The keys of the environment and those of the database. One that is in use costs a question every two seconds, for which
 * no request waits; a revoked one opens nothing after four seconds, an expired one not a moment after its end by the
 * database's clock. Only keys that exist are remembered, so that nobody fills the memory.
 */
export function createKnownKeys(
  environmentKeys: readonly EnvironmentKey[],
  apiKeys: Pick<ApiKeys, 'find' | 'noteUse'>,
  nowMs: () => number = () => performance.now(),
): FindKey {
  const ask = createQuestions(apiKeys, nowMs);
  const noteUse = createUseNotes(apiKeys, nowMs);
  const answers = new Map<string, Answer>();
  const renew = async (digest: Buffer, id: string): Promise<KnownKey | null> => {
    const answer = await ask(digest, id);
    const last = answers.get(id);
    // A slow answer may arrive after one that was asked for later.
    if (last === undefined || answer === null || answer.askedMs > last.askedMs) {
      if (answer === null) answers.delete(id);
      else answers.set(id, answer);
    }
    return opens(answer);
  };
  const opens = (answer: Answer | null): KnownKey | null => {
    if (answer === null || nowMs() >= answer.endsMs) return null;
    noteUse(answer.key.id);
    return answer.key;
  };
  return (given) => {
    const digest = digestOf(given);
    // All of them are compared, so that the time tells nothing.
    const [own] = environmentKeys.filter((key) => timingSafeEqual(key.digest, digest));
    if (own !== undefined) return own;
    if (!isApiKey(given)) return null;
    const id = digest.toString('base64url');
    const answer = answers.get(id);
    const ageMs = answer === undefined ? Infinity : nowMs() - answer.askedMs;
    if (answer === undefined || ageMs >= keyMemory.staleMs) return renew(digest, id);
    if (ageMs >= keyMemory.freshMs) renew(digest, id).catch(() => undefined);
    return opens(answer);
  };
}

/** Asks the database whose key it is; whoever asks meanwhile gets the same answer. */
function createQuestions(
  apiKeys: Pick<ApiKeys, 'find'>,
  nowMs: () => number,
): (digest: Buffer, id: string) => Promise<Answer | null> {
  const open = new Map<string, Question>();
  return (digest, id) => {
    const asked = open.get(id);
    if (asked !== undefined && nowMs() - asked.askedMs < keyMemory.freshMs) return asked.answer;
    // Counted from the question: a key ends too early by the way of the answer rather than too late.
    const askedMs = nowMs();
    const answer = apiKeys.find(digest).then((found) => {
      if (found === null) return null;
      const { livesMs, ...key } = found;
      return { key, askedMs, endsMs: livesMs === null ? Infinity : askedMs + livesMs };
    });
    const question = { askedMs, answer };
    open.set(id, question);
    const close = (): void => {
      if (open.get(id) === question) open.delete(id);
    };
    answer.then(close, close);
    return answer;
  };
}

/** Notes uses, for each key once a minute at most. Nobody waits for it, and nothing hangs on it. */
function createUseNotes(apiKeys: Pick<ApiKeys, 'noteUse'>, nowMs: () => number): (id: string) => void {
  const notedMs = new Map<string, number>();
  return (id) => {
    const before = notedMs.get(id);
    if (before !== undefined && nowMs() - before < keyMemory.noteMs) return;
    notedMs.set(id, nowMs());
    apiKeys.noteUse(id).catch(() => undefined);
  };
}
