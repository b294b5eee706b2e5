import { setTimeout as delay } from 'node:timers/promises';
import type { Hono } from 'hono';
import { systemClock, type Clock } from './network.ts';
import { createAdmin } from './simulator-admin.ts';
import { createVirtualClock, type VirtualClock } from './simulator-clock.ts';
import { discoverSimulators } from './simulator-discovery.ts';
import { createFaultPlan, faultResponse, type Fault, type FaultPlan } from './simulator-faults.ts';
import * as http from './simulator-http.ts';
import { createRequestLog, redactParameters, type LoggedRequest, type RequestLog } from './simulator-requests.ts';
import { rewriteRedirect, routeRequest, type Route } from './simulator-routing.ts';
import { systemRandom } from './simulator-secrets.ts';
import { openSimulatorState, type SimulatorState } from './simulator-state.ts';
import type { RandomSource, RunningSimulator, Simulator } from './simulator.ts';

export interface SimulatorsOptions {
  /** A loopback port; 0: any free one. */
  readonly port: number;
  /** Where what the simulators know survives a restart; absent: nowhere. */
  readonly stateFile?: string | undefined;
  /** What the virtual clock runs with. */
  readonly clock?: Clock;
  readonly random?: RandomSource;
  /** The callback that simulated apps have registered by default. */
  readonly redirectUri?: string;
  /** Instead of those that the platforms' folders have. */
  readonly simulators?: readonly Simulator[];
  /** Told of what is wrong with the use of the simulators: an unknown host, a simulator that threw. No secrets. */
  readonly warn?: (event: Readonly<Record<string, string>>) => void;
}

/** Simulators that answer on `url`; what the admin API does can be done on them directly. */
export interface Simulators {
  readonly url: string;
  readonly port: number;
  readonly clock: VirtualClock;
  readonly faults: FaultPlan;
  readonly requests: RequestLog;
  readonly platforms: ReadonlyMap<string, RunningSimulator>;
  close(): Promise<void>;
}

/** All that answering a request takes. */
interface Running extends Omit<Simulators, 'url' | 'port' | 'close'> {
  /** Known once the server listens, which is before the first request. */
  port: number;
  readonly admin: Hono;
  readonly hosts: ReadonlyMap<string, { readonly simulator: Simulator; readonly running: RunningSimulator }>;
  readonly hostNames: ReadonlySet<string>;
  readonly state: SimulatorState;
  readonly warn: (event: Readonly<Record<string, string>>) => void;
}

/**
 * Starts one HTTP server for the simulators of all platforms, on one loopback port. Rejects when the port is taken or the
 * state does not fit.
 */
export async function startSimulators(options: SimulatorsOptions): Promise<Simulators> {
  const simulators = options.simulators ?? (await discoverSimulators());
  const state = openSimulatorState(options.stateFile);
  const running = createParts(simulators, state, options);
  const server = http.createHttpServer((request) => answer(request, running));
  running.port = await http.listenOnLoopback(server, options.port);
  state.flush();
  return {
    url: `http://127.0.0.1:${running.port}`,
    ...running,
    close: async () => {
      await http.closeServer(server);
      state.close();
    },
  };
}

function createParts(simulators: readonly Simulator[], state: SimulatorState, options: SimulatorsOptions): Running {
  const clock = createVirtualClock(options.clock ?? systemClock, state.memoryOf('clock'));
  const { random = systemRandom, redirectUri = 'http://localhost:8422/callback', warn = () => undefined } = options;
  const platforms = new Map<string, RunningSimulator>();
  const hosts = new Map<string, { simulator: Simulator; running: RunningSimulator }>();
  for (const simulator of simulators) {
    const memory = state.memoryOf(`platform ${simulator.platform}`);
    const running = simulator.create({ clock, random, memory, redirectUri });
    platforms.set(simulator.platform, running);
    for (const host of simulator.hosts) {
      if (hosts.has(host)) throw new Error(`Two simulators answer for ${host}; one of them is ${simulator.platform}.`);
      hosts.set(host, { simulator, running });
    }
  }
  const faults = createFaultPlan([...hosts.keys()]);
  const requests = createRequestLog();
  const admin = createAdmin({
    clock,
    faults,
    requests,
    simulators: platforms,
    hosts: Object.fromEntries(simulators.map(({ platform, hosts: names }) => [platform, names])),
  });
  return { port: 0, clock, faults, requests, platforms, admin, hosts, hostNames: new Set(hosts.keys()), state, warn };
}

async function answer(request: http.IncomingRequest, running: Running): Promise<http.Answer> {
  const route = routeRequest(request.host, request.target, { port: running.port, hosts: running.hostNames });
  try {
    if (route.to === 'unknown') return answerUnknown(request, route.host, running);
    if (route.to === 'admin') return await answerAdmin(request, route.url, running);
    return await answerPlatform(request, route, running);
  } catch (error) {
    if (error instanceof http.BodyTooLarge) return new Response(error.message, { status: 413 });
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    running.warn({ event: 'simulator_failed', host: request.host, reason });
    return new Response(`The simulator failed: ${reason}`, { status: 500 });
  } finally {
    running.state.touch();
  }
}

/** Nothing leaks: what no simulator knows ends here, with a status that no platform uses. */
function answerUnknown(request: http.IncomingRequest, host: string, running: Running): Response {
  const path = request.target.split('?', 1)[0] ?? '/';
  running.warn({ event: 'unknown_host', host, path });
  const entry = { at: running.clock.now().toISOString(), method: request.method, host, path, parameters: [] };
  running.requests.add({ ...entry, status: 599, leg: 'api', fault: false });
  return Response.json({ error: `No simulator answers for the host '${host}'.` }, { status: 599 });
}

async function answerAdmin(request: http.IncomingRequest, url: URL, running: Running): Promise<Response> {
  return running.admin.fetch(toRequest(request, url, await request.body()));
}

async function answerPlatform(
  request: http.IncomingRequest,
  route: Extract<Route, { to: 'platform' }>,
  running: Running,
): Promise<http.Answer> {
  const target = running.hosts.get(route.host);
  if (target === undefined) throw new Error(`The host ${route.host} lost its simulator.`);
  const { method } = request;
  const path = route.url.pathname;
  const fault = running.faults.take({ host: route.host, path, method });
  // Read first: a platform that is slow acts on what it was sent, although the client may have gone by then.
  const body = await request.body();
  if (fault?.delayMs !== undefined) await delay(fault.delayMs);
  const at = running.clock.now().toISOString();
  const contentType = request.headers.get('content-type') ?? '';
  const parameters = redactParameters(route.url, body, contentType, target.simulator.loggedParameters);
  const given = await respond(fault, () => target.running.handle(toRequest(request, route.url, body)));
  const status = given === http.droppedConnection ? null : given.status;
  const entry: LoggedRequest = {
    at,
    method,
    host: route.host,
    path,
    parameters,
    status,
    leg: route.leg,
    fault: fault !== undefined,
  };
  running.requests.add(entry);
  if (given === http.droppedConnection) return given;
  const dated = withDate(given, running.clock.now());
  return route.leg === 'api' ? dated : rewriteRedirect(dated, route.url, running.hostNames);
}

async function respond(fault: Fault | undefined, handle: () => Response | Promise<Response>): Promise<http.Answer> {
  if (fault?.drop === 'before') return http.droppedConnection;
  const instead = fault === undefined ? null : faultResponse(fault);
  const response = instead ?? (await handle());
  return fault?.drop === 'after' ? http.droppedConnection : response;
}

/** Platforms tell the time with every answer; the simulated ones tell the virtual time. */
function withDate(response: Response, now: Date): Response {
  const headers = new Headers(response.headers);
  headers.set('date', now.toUTCString());
  return new Response(response.body, { status: response.status, headers });
}

function toRequest(request: http.IncomingRequest, url: URL, body: Uint8Array<ArrayBuffer>): Request {
  const { method, headers } = request;
  return method === 'GET' || method === 'HEAD'
    ? new Request(url, { method, headers })
    : new Request(url, { method, headers, body });
}
