import { hash, randomBytes } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Problem } from './problem.ts';

/** How many failures one address is told the reason of, in what time; after that it is told to wait. */
export const failuresAllowed = { points: 20, duration: 60 } as const;

// Addresses share this many counters, so that no number of them fills the memory. Whom that hits has failed himself.
export const counters = 4_096;

/**
 * Counts what somebody gets wrong who tries to come in: keys, tickets, states, sessions. What is right is never counted
 * and never refused: these values cannot be guessed, and a stranger at the same address, or a page in a person's own
 * browser, could otherwise lock the rightful out.
 */
export interface FailureLimit {
  /** Counts one failure of whoever sent the request; gives what he is to be told. */
  count(c: Context, problem: Problem): Promise<Problem>;
}

/** A limit by remote address, in this process's memory. A request that came over no socket is not counted. */
export function createFailureLimit(log: Logger): FailureLimit {
  const limiter = new RateLimiterMemory(failuresAllowed);
  const salt = randomBytes(16).toString('hex');
  return {
    count: async (c, problem) => {
      const address = remoteAddressOf(c);
      if (address === null) return problem;
      const { consumedPoints, msBeforeNext } = await limiter.penalty(counterOf(address, salt));
      if (consumedPoints <= failuresAllowed.points) return problem;
      if (consumedPoints === failuresAllowed.points + 1) log.warn({ address }, 'too many failures from one address');
      return tooManyFailures(Math.max(1, Math.ceil(msBeforeNext / 1000)));
    },
  };
}

/** Which of the counters an address has; with a salt, nobody can choose one that he shares with somebody else. */
export function counterOf(address: string, salt: string): number {
  return hash('sha256', salt + networkOf(address), 'buffer').readUInt32BE() % counters;
}

/** Who is at the other end: one address, or the network that one IPv6 customer has to himself. */
export function networkOf(address: string): string {
  const [ip = ''] = address.replace(/^::ffff:(?=[\d.]+$)/i, '').split('%');
  if (!ip.includes(':')) return ip;
  const [head = '', tail = ''] = ip.split('::');
  const groups = (part: string): string[] => part.split(':').filter((group) => group !== '');
  const left = [...groups(head), ...Array<string>(8).fill('0')];
  const isShort = groups(head).length < 4 && groups(head).length + groups(tail).length > 4;
  const whole = isShort ? [...left.slice(0, 8 - groups(tail).length), ...groups(tail)] : left;
  return whole.slice(0, 4).join(':');
}

function remoteAddressOf(c: Context): string | null {
  try {
    return getConnInfo(c).remote.address ?? null;
  } catch {
    return null;
  }
}

function tooManyFailures(seconds: number): Problem {
  return new Problem({
    type: 'too-many-failures',
    title: 'Too many failures',
    status: 429,
    detail: 'Too much from your address was wrong: keys, login links, answers of a consent or sessions.',
    remedy: `Wait ${String(seconds)} s, and send what is right: that is answered at once, also before.`,
    retryAt: new Date(Date.now() + seconds * 1000).toISOString(),
    headers: { 'Retry-After': String(seconds) },
  });
}
