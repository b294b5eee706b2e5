import type { Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** `connector status`: every connection, without its secrets. */
export const register: Register = (add) =>
  add<{ all?: boolean }>({
    name: 'status',
    summary: 'Show the connections: account, status, mode, scopes, when they expire',
    options: [['--all', 'also those that were revoked']],
    run: async (context, _args, { all }) => {
      const [{ withSession }, { reportConnections }, { statusTable }, { pausedConnections }] = await Promise.all([
        import('../session.ts'),
        import('../../sdk/connection-report.ts'),
        import('../status-table.ts'),
        import('../../../store/paused-connections.ts'),
      ]);
      return withSession(context.env, async (session) => {
        const filter = {
          ...(context.owner === null ? {} : { owner: context.owner }),
          ...(all === true ? {} : { statuses: ['pending', 'active', 'needs_consent'] as const }),
        };
        const platforms = await session.platforms();
        const [reports, paused] = await Promise.all([
          reportConnections({ store: session.store, platforms }, filter),
          context.json ? new Set<string>() : pausedConnections(session.store, context.owner),
        ]);
        print(context, reports, (rows) => statusTable(rows, new Date(), { paused, columns: context.io.columns }));
        return exitCodes.done;
      });
    },
  });
