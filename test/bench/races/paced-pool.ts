import { z } from 'zod';
import type pg from 'pg';
import type { Turns } from './turns.ts';

/** What happens to a statement: it runs, it never reaches Postgres, or its answer is lost. */
export type Fate = 'runs' | 'unreached' | 'unheard';

const statement = z.object({ name: z.string().optional(), text: z.string() });

/** A pool on which every statement is a turn, and a transaction is one as a whole: it may hold locks. */
export function pacedPool(pool: pg.Pool, turns: Turns, fateOf: (statement: string) => Fate): pg.Pool {
  const run = method(pool, 'query');
  const query = (...args: unknown[]): Promise<unknown> => {
    const { name, text } = statement.parse(args[0]);
    const label = name ?? text.trim().replaceAll(/\s+/g, ' ').slice(0, 60);
    return turns.take(label, async () => {
      const fate = fateOf(label);
      if (fate === 'unreached') throw lostConnection();
      const result: unknown = await run(...args);
      if (fate === 'unheard') throw lostConnection();
      return result;
    });
  };
  return new Proxy(pool, {
    get: (target, name): unknown => {
      if (name === 'query') return query;
      if (name === 'connect') return () => connect(target, turns);
      return bound(target, name);
    },
  });
}

/** Whether the statement took effect cannot be told from it, so nobody may simply send it again. */
function lostConnection(): Error {
  return Object.assign(new Error('Postgres went away.'), { code: 'ECONNRESET' });
}

function connect(pool: pg.Pool, turns: Turns): Promise<pg.PoolClient> {
  const connected = Promise.withResolvers<pg.PoolClient>();
  const transaction = async (): Promise<void> => {
    const client = await pool.connect();
    const over = Promise.withResolvers<undefined>();
    const release = (broken?: boolean): void => {
      client.release(broken);
      over.resolve(undefined);
    };
    const get = (target: pg.PoolClient, name: string | symbol): unknown =>
      name === 'release' ? release : bound(target, name);
    connected.resolve(new Proxy(client, { get }));
    await over.promise;
  };
  turns.take('a transaction', transaction).catch(connected.reject);
  return connected.promise;
}

function bound(target: object, name: string | symbol): unknown {
  return typeof Reflect.get(target, name) === 'function' ? method(target, name) : Reflect.get(target, name);
}

function method(target: object, name: string | symbol): (...args: unknown[]) => unknown {
  const value: unknown = Reflect.get(target, name);
  if (typeof value !== 'function') throw new Error(`A pool has no ${String(name)}.`);
  return (...args) => {
    const result: unknown = Reflect.apply(value, target, args);
    return result;
  };
}
