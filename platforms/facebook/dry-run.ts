import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Credentials } from '../../model/credentials.ts';
import { PlatformFailure } from '../../model/failure.ts';
import type { PlatformContext } from '../platform.ts';
import { readConnection, type FacebookCredentials } from './credentials.ts';
import { openGraph, type Graph } from './graph.ts';

const created = z.object({ id: z.string().min(1) });
const deleted = z.object({ success: z.literal(true) });
const containerState = z.object({ status_code: z.string() });

/** A public square picture that Instagram can fetch; change it here. (2026-11-23) [U: it is a PNG, and only JPEG is sure] */
const publicImage = 'https://www.facebook.com/images/fb_icon_325x325.png';

const pollEveryMs = 500;
const mostPolls = 40;

/**
 * Proves that posting would work and publishes nothing: an unpublished post on the Page, deleted at once, and an Instagram
 * container that is never published. https://developers.facebook.com/docs/pages-api/posts (2026-11-23) [unpublished posts U;
 * containers C]
 */
export async function dryRun(credentials: Credentials, context: PlatformContext): Promise<readonly string[]> {
  const connection = readConnection(credentials);
  const graph = openGraph(connection, context);
  const notes = [await tryPage(connection, graph)];
  const { ig_user_id } = connection;
  notes.push(
    ig_user_id === undefined || ig_user_id === ''
      ? 'No Instagram account is linked: nothing was tried there.'
      : await tryInstagram(ig_user_id, connection.page_access_token, graph),
  );
  return notes;
}

async function tryPage({ page_id, page_access_token: token }: FacebookCredentials, graph: Graph): Promise<string> {
  const form = { message: 'A trial of the connector, never published.', published: 'false' };
  const { id } = await graph.call({ method: 'POST', path: `${page_id}/feed`, form, token }, created);
  await graph.call({ method: 'DELETE', path: id, token }, deleted);
  return 'Created an unpublished post on the Page and deleted it.';
}

async function tryInstagram(igUserId: string, token: string, graph: Graph): Promise<string> {
  const form = { image_url: publicImage };
  const { id } = await graph.call({ method: 'POST', path: `${igUserId}/media`, form, token }, created);
  for (let polls = 0; polls < mostPolls; polls += 1) {
    const query = { fields: 'status_code,status' };
    const { status_code } = await graph.call({ path: id, query, token }, containerState);
    if (status_code === 'FINISHED') return 'Instagram prepared a post; it was not published and expires in 24 hours.';
    if (status_code !== 'IN_PROGRESS') throw notPrepared(status_code);
    await pause(pollEveryMs);
  }
  throw notPrepared('IN_PROGRESS');
}

function notPrepared(status: string): PlatformFailure {
  const word = /^[A-Z_]{1,20}$/.test(status) ? status : 'unknown';
  return new PlatformFailure({
    kind: 'transient',
    code: `container_${word.toLowerCase()}`,
    cause: `Instagram did not prepare the trial post: its state is ${word}.`,
    remedy:
      'Try again in some minutes. If it stays so, look whether the Instagram app shows a notice about the account.',
  });
}
