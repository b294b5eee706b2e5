import { z } from 'zod';
import { owners, type Scene } from './scene.ts';

/** A row in a few characters; whatever changes in it changes these. */
type Digests = ReadonlyMap<string, string>;

// Reading a token notes when, which is no change to the connection.
const selectDigests = `
  select c.id::text, c.owner, md5((to_jsonb(c) - 'last_read_at' - 'updated_at')::text) as digest from connector.platform_connections c order by c.id`;

/** What the connections look like now: all of them, or those that nobody may change. */
export async function digestsOf({ service }: Scene, which: 'all' | 'untouched'): Promise<Digests> {
  const { rows } = await service.database.admin.query<{ id: string; owner: string; digest: string }>(selectDigests);
  const asked = rows.filter(({ owner }) => which === 'all' || owner === owners.untouched);
  return new Map(asked.map(({ id, digest }) => [id, digest]));
}

/** What of the earlier is no longer so, in words. */
export function changesSince(before: Digests, now: Digests, blamed: string): string[] {
  const added = [...now.keys()].filter((id) => !before.has(id));
  const changed = [...before].filter(([id, digest]) => now.get(id) !== digest);
  return [
    ...(added.length > 0 ? [`${String(added.length)} connections were added by ${blamed}`] : []),
    ...(changed.length > 0 ? [`${String(changed.length)} connections were changed by ${blamed}`] : []),
  ];
}

/** What a program reads of each connection that was left alone, by its platform. */
export async function tokensOf({ ask, keyFor, service }: Scene): Promise<ReadonlyMap<string, string>> {
  const headers = { authorization: `Bearer ${keyFor(['tokens:read'])}` };
  const reads = [...service.platforms.keys()].map(async (platform): Promise<[string, string]> => {
    const answered = await ask({ method: 'GET', path: `/v1/tokens/${platform}?owner=${owners.untouched}`, headers });
    return [platform, answered.kind === 'answer' ? `${String(answered.status)} ${answered.text}` : answered.why];
  });
  return new Map(await Promise.all(reads));
}

const health = z.object({ status: z.string() });

/** What is no longer well: the process, its health, and the reading of tokens, which were these before. */
export async function notWell(scene: Scene, tokens: ReadonlyMap<string, string>): Promise<string[]> {
  const { server, ask, redact } = scene;
  if (!server.isAlive()) return [`the server ended: ${redact(server.lastWords().slice(-1_000))}`];
  const healthy = await ask({ method: 'GET', path: '/healthz' });
  const { status } = healthy.kind === 'answer' ? health.parse(JSON.parse(healthy.text)) : { status: healthy.why };
  const now = await tokensOf(scene);
  const unread = [...tokens].filter(([platform, text]) => !text.startsWith('200 ') || now.get(platform) !== text);
  return [
    ...(status === 'ok' ? [] : [`the server is ${status}`]),
    ...unread.map(([platform]) => `the token of ${platform} is no longer read as before`),
  ];
}
