import type { Register } from '../command.ts';
import { exitCodes } from '../failure.ts';
import { describeTask } from '../describe-task.ts';
import { print } from '../output.ts';
import { defaultColumns } from '../wrap-text.ts';

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
          const options = { now: new Date(), columns: context.io.columns ?? defaultColumns };
          return all.map((task) => describeTask(task, options)).join('\n\n');
        });
        return exitCodes.done;
      });
    },
  });
