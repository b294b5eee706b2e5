import { AsyncLocalStorage } from 'node:async_hooks';
import type fc from 'fast-check';

/** Who acts: every turn is taken in somebody's name. */
export const acting = new AsyncLocalStorage<string>();

/**
 * Gives turns: while a race runs, one statement or one call to a platform happens at a time, and a scheduler draws whose
 * is next. Outside a race everybody acts at once.
 */
export class Turns {
  /** What was done in the race, in its order. */
  readonly trace: string[] = [];
  #scheduler: fc.Scheduler | null = null;
  #afterTurn: () => Promise<void> = () => Promise.resolve();

  /** Waits for a turn, acts, and lets the next one in only when that is over. */
  async take<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
    const scheduler = this.#scheduler;
    if (scheduler === null) return act();
    const line = `${acting.getStore() ?? 'somebody'}: ${what}`;
    const over = Promise.withResolvers<undefined>();
    await scheduler.schedule(Promise.resolve(), line, undefined, async (start) => {
      await start();
      await over.promise;
    });
    this.trace.push(line);
    try {
      return await act();
    } finally {
      await this.#afterTurn().finally(() => over.resolve(undefined));
    }
  }

  /** Runs them all at once, by turns, until nobody wants one any more; `afterTurn` looks at what each turn left. */
  async race(
    scheduler: fc.Scheduler,
    actors: readonly (() => Promise<void>)[],
    afterTurn: () => Promise<void>,
  ): Promise<void> {
    this.#scheduler = scheduler;
    this.#afterTurn = afterTurn;
    try {
      await scheduler.waitFor(Promise.all(actors.map((actor) => actor())));
      // An answer that came after its deadline is still saved when everybody else is done.
      await scheduler.waitIdle();
    } finally {
      this.#scheduler = null;
    }
  }
}
