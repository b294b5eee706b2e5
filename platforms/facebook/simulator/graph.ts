import { versionEnds } from '../graph-version.ts';
import { authorize, readGraphRequest, requirePerson, type Caller, type GraphRequest } from './call.ts';
import { debugToken } from './debug-token.ts';
import { GraphFault, noSuchObject } from './graph-fault.ts';
import * as instagram from './instagram.ts';
import * as pages from './page-nodes.ts';
import * as people from './people.ts';
import { answerTokenRequest } from './token-endpoint.ts';
import { countCall, usageHeaders } from './usage.ts';
import type { World } from './world.ts';

type Handler = (request: GraphRequest, caller: Caller, world: World) => unknown;

interface Endpoint {
  readonly method: string;
  readonly path: RegExp;
  readonly handler: Handler;
}

const endpoints: readonly Endpoint[] = [
  { method: 'GET', path: /^debug_token$/, handler: debugToken },
  { method: 'POST', path: /^debug_token$/, handler: debugToken },
  { method: 'GET', path: /^me$/, handler: people.describeMe },
  { method: 'GET', path: /^me\/permissions$/, handler: people.listPermissions },
  { method: 'DELETE', path: /^(me|\d+)\/permissions(\/\w+)?$/, handler: people.deletePermissions },
  { method: 'GET', path: /^me\/accounts$/, handler: people.listAccounts },
  { method: 'GET', path: /^me\/businesses$/, handler: people.listBusinesses },
  { method: 'GET', path: /^\d+\/(owned|client)_pages$/, handler: people.listBusinessPages },
  { method: 'POST', path: /^(me|\d+)\/feed$/, handler: pages.createPost },
  { method: 'POST', path: /^(me|\d+)\/photos$/, handler: pages.createPhoto },
  { method: 'GET', path: /^\d+_\d+$/, handler: pages.actOnPost },
  { method: 'DELETE', path: /^\d+_\d+$/, handler: pages.actOnPost },
  { method: 'GET', path: /^\d+\/content_publishing_limit$/, handler: instagram.describePublishingLimit },
  { method: 'POST', path: /^\d+\/media$/, handler: instagram.createContainer },
  { method: 'POST', path: /^\d+\/media_publish$/, handler: instagram.publishContainer },
  { method: 'GET', path: /^\d+$/, handler: describeObject },
];

/** `GET /{id}`, whatever the id is of. */
function describeObject(request: GraphRequest, caller: Caller, world: World): unknown {
  const token = requirePerson(caller);
  const page = pages.findPage(request.path, token, world);
  if (page !== undefined) return pages.describePage(page, request, token, world);
  const container = instagram.findContainer(request.path, token, world);
  if (container !== undefined) return instagram.describeContainer(container, request, world);
  const isAccount = instagram.findInstagram(request.path, token, world) !== undefined;
  if (isAccount) return instagram.describeInstagram(request, caller, world);
  return instagram.describeMedia(request, caller, world);
}

/** graph.facebook.com. A version that has ended is served as the oldest living one [U]; an unknown one is refused [U]. */
export async function answerGraph(raw: Request, world: World): Promise<Response> {
  const headers: Record<string, string> = { 'cache-control': 'private, no-cache, no-store, must-revalidate' };
  const response = await answerRequest(raw, world, headers).catch((error: unknown) => {
    if (error instanceof GraphFault) return error.toResponse();
    throw error;
  });
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

async function answerRequest(raw: Request, world: World, headers: Record<string, string>): Promise<Response> {
  const read = await readGraphRequest(raw);
  const version = servedVersion(read.version, world);
  headers['facebook-api-version'] = version;
  const request = { ...read, version };
  if (request.path === 'oauth/access_token' && ['GET', 'POST'].includes(request.method)) {
    return Response.json(answerTokenRequest(request, world));
  }
  const caller = authorize(request, world);
  const counted = caller.as === 'token' ? caller.token.pageId : null;
  try {
    countCall(world, counted);
  } finally {
    // Usage is told with a refusal too: that is where it matters.
    Object.assign(headers, usageHeaders(world, counted));
  }
  const endpoint = endpoints.find(({ method, path }) => method === request.method && path.test(request.path));
  if (endpoint === undefined) throw noSuchObject(request.method, request.path);
  return Response.json(endpoint.handler(request, caller, world));
}

function servedVersion(asked: string, world: World): string {
  const known = Object.entries(versionEnds);
  const living = known.filter(([, end]) => end === null || Date.parse(end) > world.nowMs()).map(([version]) => version);
  const [oldest = 'v26.0'] = living;
  if (asked === '' || living.includes(asked)) return asked === '' ? oldest : asked;
  // Everything before the first of the table ended long ago.
  const isOld = known.some(([version]) => version === asked) || Number(asked.slice(1)) < 19;
  if (isOld) return oldest;
  throw new GraphFault(2500, `Unknown path components: /${asked}`);
}
