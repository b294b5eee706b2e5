import type { Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { print, table } from '../output.ts';

/** `connector engines`: the programs that the environment runs on; had now, if they were not yet. */
export const register: Register = (add) =>
  add({
    name: 'engines',
    summary: 'Make the engines ready and show them: path, version, and where each was had from',
    run: async (context) => {
      const [{ engineNames, haveEngines }, { listEngines }, { createProgress }] = await Promise.all([
        import('../../../infra/engines/index.ts'),
        import('../../../infra/engines/list.ts'),
        import('../../../infra/engines/progress.ts'),
      ]);
      const progress = createProgress({ stream: { write: (text) => context.io.err(text) } });
      // One by one: an engine that cannot be had must not hide those that can.
      const settled = await Promise.allSettled(engineNames.map((name) => haveEngines([name], { progress })));
      const had = settled.flatMap((result) => (result.status === 'fulfilled' ? Object.values(result.value) : []));
      print(context, listEngines(had), (listed) => {
        const rows = Object.entries(listed).map(([name, { version, source, path }]) => [name, version, source, path]);
        return table(['engine', 'version', 'from', 'path'], rows);
      });
      const failures = settled.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
      for (const failure of failures) context.io.err(`${failure}\n`);
      return failures.length === 0 ? exitCodes.done : exitCodes.failed;
    },
  });
