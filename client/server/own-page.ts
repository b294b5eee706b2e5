import { Problem } from './problem.ts';

/** What is read of a request here. */
interface Asked {
  header(name: string): string | undefined;
}

/**
 * Refuses a change that a page of this very server did not send. Browsers name the sending page themselves, with its port,
 * so that not even another program of the same machine gets through; a request that names none is no page's. (A cookie
 * alone proves nothing: browsers send it for every port of the host.)
 */
export function refuseForeignPage(request: Asked, publicUrl: URL): void {
  const site = request.header('sec-fetch-site');
  const isOwn = request.header('origin') === publicUrl.origin && (site === undefined || site === 'same-origin');
  if (!isOwn) throw notOwnPage(publicUrl);
}

function notOwnPage(publicUrl: URL): Problem {
  return new Problem({
    type: 'foreign-origin',
    title: 'Forbidden',
    status: 403,
    detail: 'Only a page of this server itself may do this. Nothing was changed.',
    remedy: `Open ${publicUrl.origin} in the browser and do it there.`,
  });
}
