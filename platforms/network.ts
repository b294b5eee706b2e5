import { Agent, type AgentOptions } from 'node:https';
import net from 'node:net';
import { Agent as UndiciAgent, fetch as undiciFetch } from 'undici';

/** Tells the time; an argument everywhere, because tests and simulators live in other years. */
export interface Clock {
  now(): Date;
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => new Date() };

/** The one way out to the platforms, in the two forms that their client libraries take. */
export interface Network {
  readonly fetch: typeof undiciFetch;
  readonly agent: Agent;
  /** The address under which a person's browser reaches a page of a platform. */
  browserUrl(url: URL): URL;
  close(): Promise<void>;
}

/**
 * An agent that shows nothing of itself: client libraries hang it on their errors, and its sockets remember the headers
 * that they sent, with the token in them. Node prints an uncaught error by its enumerable properties, whatever the class
 * says of how it wants to be shown.
 */
class UnspokenAgent extends Agent {
  constructor(options: AgentOptions) {
    super(options);
    for (const key of Reflect.ownKeys(this)) Object.defineProperty(this, key, { enumerable: false });
  }
}

/**
 * How long the answer to a call that spends a single-use token is waited for: longer than whoever asked is patient (20 s),
 * so that a late one is still saved, and shorter than the lease of a refresh (30 s), so that a token is never under way
 * twice. No call takes longer.
 */
export const longestCallMs = 28_000;

/** The real platforms, with every call bounded in time. */
export function createNetwork(): Network {
  const dispatcher = new UndiciAgent({
    headersTimeout: longestCallMs,
    bodyTimeout: longestCallMs,
    connectTimeout: 5_000,
  });
  const agent = new UnspokenAgent({ keepAlive: true, timeout: longestCallMs });
  return {
    fetch: (input, init) => undiciFetch(input, { ...init, dispatcher }),
    agent,
    browserUrl: (url) => url,
    close: async () => {
      agent.destroy();
      await dispatcher.close();
    },
  };
}

/**
 * The simulators behind `simulatorUrl`, under the platforms' real URLs: only the socket is swapped, so the code that
 * runs is the code that talks to the real ones. Nothing can leak: every connection, whatever its host, ends at the
 * simulators, which answer an unknown host with 599.
 */
export function createSimulatedNetwork(simulatorUrl: string): Network {
  const simulator = new URL(simulatorUrl);
  const connect = (): net.Socket => net.connect(Number(simulator.port), simulator.hostname);
  const agent = new UnspokenAgent({ keepAlive: true, timeout: longestCallMs });
  agent.createConnection = connect;
  const dispatcher = new UndiciAgent({
    headersTimeout: longestCallMs,
    bodyTimeout: longestCallMs,
    connect: (_options, callback) => {
      const socket = connect();
      socket.once('connect', () => callback(null, socket));
      socket.once('error', (error) => callback(error, null));
    },
  });
  return {
    fetch: (input, init) => undiciFetch(input, { ...init, dispatcher }),
    agent,
    // The browser cannot swap sockets: the simulators also serve a host as the first segment of the path.
    browserUrl: (url) => new URL(`/${url.host}${url.pathname}${url.search}`, simulator),
    close: async () => {
      agent.destroy();
      await dispatcher.close();
    },
  };
}
