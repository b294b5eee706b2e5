import { keyRingReader } from '../../infra/environment/key-ring-reader.ts';
import { runningHistories, unlessAway } from './running-histories.ts';
import type { Session } from './session.ts';

/** A key, and what it still holds together. */
export interface KeyRow {
  readonly id: string;
  /** `newest` seals new values, `older` ones open what they sealed, `missing` ones are named by values only. */
  readonly role: 'newest' | 'older' | 'missing';
  readonly fields: number;
  /** Running workflows whose history needs it; null: Temporal could not be asked. */
  readonly workflows: readonly string[] | null;
}

/** Every key of the ring, newest first, and those that values name beside them. */
export async function keyRows(session: Session): Promise<KeyRow[]> {
  const ring = ringIds(session);
  const usage = await session.store.sealedFields.usage();
  const histories = await unlessAway(await session.temporal(), runningHistories);
  const named = [...usage.keys(), ...(histories ?? []).flatMap(({ keyIds }) => [...keyIds])];
  return [...new Set([...ring, ...named])].map((id) => ({
    id,
    role: id === ring[0] ? 'newest' : ring.includes(id) ? 'older' : 'missing',
    fields: usage.get(id) ?? 0,
    workflows: histories?.filter(({ keyIds }) => keyIds.has(id)).map(({ workflowId }) => workflowId) ?? null,
  }));
}

/** The ids of the ring as it is now, newest first. */
export function ringIds({ settings }: Session): readonly string[] {
  return keyRingReader(settings)().map(({ id }) => id);
}

/** What a key is needed for, as a sentence says it. */
export function describeUse({ fields, workflows }: KeyRow): string {
  const parts = [
    ...(fields > 0 ? [`${String(fields)} sealed fields`] : []),
    ...(workflows !== null && workflows.length > 0 ? [`the histories of ${firstFew(workflows)}`] : []),
  ];
  return parts.join(' and ');
}

/** Three names of however many. */
export function firstFew(names: readonly string[]): string {
  const more = names.length > 3 ? ` and ${String(names.length - 3)} more` : '';
  return `${names.slice(0, 3).join(', ')}${more}`;
}
