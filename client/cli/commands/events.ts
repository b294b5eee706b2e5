import type { Register } from '../command.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { print, table } from '../output.ts';
import { defaultColumns } from '../wrap-text.ts';

/** `connector events`: who did what, when. */
export const register: Register = (add) =>
  add<{ limit?: string; connection?: string }>({
    name: 'events',
    summary: 'Show what happened to the connections, newest first',
    options: [
      ['--limit <count>', 'how many, 50 unless said'],
      ['--connection <id>', 'of this connection only'],
    ],
    run: async (context, _args, { limit = '50', connection }) => {
      if (!/^[1-9]\d{0,4}$/.test(limit)) {
        const remedy = 'Give a number from 1 to 99999.';
        throw new CommandFailure(exitCodes.usage, { what: `--limit is ${JSON.stringify(limit)}.`, remedy });
      }
      const { withSession } = await import('../session.ts');
      return withSession(context.env, async ({ store }) => {
        const events = await store.events.list({
          ...(context.owner === null ? {} : { owner: context.owner }),
          ...(connection === undefined ? {} : { connectionId: connection }),
          limit: Number(limit),
        });
        print(context, events, (all) => {
          if (all.length === 0) return 'Nothing has happened yet.';
          const rows = all.map(({ at, platform, kind, actor, detail }) => [
            at.replace('T', ' ').slice(0, 19),
            platform,
            kind,
            actor,
            Object.entries(detail)
              .filter(([, value]) => value !== null)
              .map(([name, value]) => `${name}: ${String(value)}`)
              .join('\n'),
          ]);
          const columns = context.io.columns ?? defaultColumns;
          return table(['at (UTC)', 'platform', 'what', 'who', 'detail'], rows, { columns });
        });
        return exitCodes.done;
      });
    },
  });
