import type { Register } from '../command.ts';

/** `connector start`: what `npm start` runs. */
export const register: Register = (add) =>
  add<{ exit?: boolean }>({
    name: 'start',
    summary: 'Bring everything up in the foreground, connect the simulated platforms, show the connections',
    options: [['--exit', 'end after the table']],
    run: async (context, _args, { exit }) => {
      const { startInForeground } = await import('../start-in-foreground.ts');
      return startInForeground(context, { exit: exit === true });
    },
  });
