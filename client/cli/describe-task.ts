import type { HumanTask } from '../../store/store.ts';
import { formatInstant } from '../format-instant.ts';
import { wrapText } from './wrap-text.ts';

type ShownTask = Pick<HumanTask, 'platform' | 'owner' | 'title' | 'why' | 'link' | 'dueAt'>;

/** A task of the inbox as a person reads it. No table: a link that is broken over two lines cannot be opened. */
export function describeTask(task: ShownTask, { now, columns }: { now: Date; columns: number }): string {
  const { platform, owner, title, why, link, dueAt } = task;
  const whose = owner === 'default' ? platform : `${platform} (owner ${owner})`;
  const due = dueAt === null ? '' : `, due ${formatInstant(dueAt, now)} (${dueAt.slice(0, 10)})`;
  const lines = [...wrapText(`${whose}: ${title}${due}`, columns)];
  lines.push(...wrapText(why, columns - 2).map((line) => `  ${line}`));
  if (link !== null) lines.push(`  ${link}`);
  return lines.join('\n');
}
