import type { Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { formatInstant, print, table } from '../output.ts';

/** `connector inbox`: what only a person can do. */
export const register: Register = (add) =>
  add({
    name: 'inbox',
    summary: 'Show what only a person can do, and until when',
    run: async (context) => {
      const { withSession } = await import('../session.ts');
      return withSession(context.env, async ({ store }) => {
        const tasks = await store.tasks.list(context.owner === null ? {} : { owner: context.owner });
        print(context, tasks, (all) => {
          if (all.length === 0) return 'Nothing to do.';
          const now = new Date();
          const rows = all.map((task) => [
            task.platform,
            task.title,
            [task.why, task.link ?? ''].join('\n').trim(),
            task.dueAt === null ? '–' : formatInstant(task.dueAt, now),
          ]);
          return table(['platform', 'what', 'why and where', 'due'], rows);
        });
        return exitCodes.done;
      });
    },
  });
