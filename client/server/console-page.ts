import type { ConnectionReport } from '../../model/connection.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { HumanTask } from '../../store/store.ts';
import { formatInstant } from '../format-instant.ts';
import type { Health } from './health-routes.ts';
import type { Page } from './page.ts';
import type { Section } from './page-parts.ts';

/** What the console shows. */
export interface ConsoleContent {
  readonly health: Health;
  readonly reports: readonly ConnectionReport[];
  readonly tasks: readonly HumanTask[];
  readonly platforms: readonly Platform[];
  readonly now: Date;
}

/** What is connected, until when, and what waits for a person. No secret: a session reads tokens nowhere. */
export function consolePage(content: ConsoleContent): Page {
  const { health, tasks } = content;
  return {
    title: `Platform connector: ${health.environment}`,
    tone: health.status !== 'ok' ? 'bad' : tasks.length > 0 ? 'waiting' : 'good',
    paragraphs: [],
    facts: [
      ['Database', health.database],
      ['Temporal', health.temporal],
      ['Worker', health.worker],
    ],
    sections: [connections(content), inbox(content)],
    form: { action: '/logout', text: 'Sign out' },
  };
}

function connections({ reports, platforms, now }: ConsoleContent): Section {
  const isShared = reports.some(({ owner }) => owner !== 'default');
  const alive = reports.filter(({ status }) => status !== 'revoked');
  return {
    title: 'Connections',
    empty: 'Nothing is connected yet. Make a connection with: connector connect PLATFORM',
    head: [...(isShared ? ['Owner'] : []), 'Platform', 'Account', 'Status', 'Next refresh'],
    rows: alive.map((report) => [
      ...(isShared ? [report.owner] : []),
      nameOf(platforms, report.platform),
      report.accountName ?? report.accountId ?? '–',
      statusOf(report),
      report.nextRefreshAt === null ? '–' : formatInstant(report.nextRefreshAt, now),
    ]),
  };
}

function inbox({ tasks, platforms, now }: ConsoleContent): Section {
  return {
    title: 'What only a person can do',
    empty: 'Nothing to do.',
    items: tasks.map(({ platform, owner, title, why, link, dueAt }) => {
      const whose = `${nameOf(platforms, platform)}${owner === 'default' ? '' : ` (owner ${owner})`}`;
      const due = dueAt === null ? '' : `, due ${formatInstant(dueAt, now)}`;
      return {
        title: `${whose}: ${title}${due}`,
        text: why,
        link: link === null ? undefined : { href: link, text: link },
      };
    }),
  };
}

function nameOf(platforms: readonly Platform[], platform: string): string {
  return platforms.find(({ id }) => id === platform)?.name ?? platform;
}

function statusOf({ status, statusReason, healthy, mode }: ConnectionReport): string {
  if (status === 'active' && !healthy && mode !== 'manual') return 'active, but expired';
  const said = statusReason === null ? status : `${status}: ${statusReason}`;
  return status === 'active' && mode !== 'live' ? `${said} (${mode})` : said;
}
