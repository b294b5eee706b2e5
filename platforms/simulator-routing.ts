/** Where a request is meant for. `url` is the platform's own, whichever way the request came. */
export type Route =
  | { readonly to: 'admin'; readonly url: URL }
  | { readonly to: 'platform'; readonly leg: 'api' | 'browser'; readonly host: string; readonly url: URL }
  | { readonly to: 'unknown'; readonly host: string };

export interface RoutingTable {
  /** The port of the simulators themselves. */
  readonly port: number;
  readonly hosts: ReadonlySet<string>;
}

/**
 * Routes by the Host header. A browser cannot swap sockets, so under the simulators' own address the first segment of the
 * path is the host: `http://127.0.0.1:PORT/accounts.google.com/o/oauth2/v2/auth`.
 */
export function routeRequest(hostHeader: string, target: string, table: RoutingTable): Route {
  const path = target.startsWith('/') ? target : '/';
  if (isOwnAddress(hostHeader, table.port)) return routeOwn(hostHeader, path, table);
  const host = hostHeader.replace(/:\d+$/, '');
  if (!table.hosts.has(host)) return { to: 'unknown', host };
  return { to: 'platform', leg: 'api', host, url: new URL(`https://${host}${path}`) };
}

function isOwnAddress(hostHeader: string, port: number): boolean {
  return hostHeader === `127.0.0.1:${port}` || hostHeader === `localhost:${port}`;
}

function routeOwn(hostHeader: string, path: string, table: RoutingTable): Route {
  const [, host = '', rest = '/'] = /^\/([^/?]*)(.*)$/s.exec(path) ?? [];
  if (host === '' || host === '_simulator') return { to: 'admin', url: new URL(`http://${hostHeader}${path}`) };
  if (!table.hosts.has(host)) return { to: 'unknown', host };
  const inner = rest.startsWith('/') ? rest : `/${rest}`;
  return { to: 'platform', leg: 'browser', host, url: new URL(`https://${host}${inner}`) };
}

/** Keeps a browser among the simulators: redirects to a simulated host go to its prefix, others are left alone. */
export function rewriteRedirect(response: Response, from: URL, hosts: ReadonlySet<string>): Response {
  const location = response.headers.get('location');
  if (location === null) return response;
  const to = new URL(location, from);
  if (!hosts.has(to.host)) return response;
  const headers = new Headers(response.headers);
  headers.set('location', `/${to.host}${to.pathname}${to.search}${to.hash}`);
  return new Response(response.body, { status: response.status, headers });
}
