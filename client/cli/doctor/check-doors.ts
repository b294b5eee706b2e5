import { formatInstant } from '../../format-instant.ts';
import type { ApiKeyRecord } from '../../../store/api-keys.ts';
import type { Session } from '../session.ts';
import { textOf } from './check-environment.ts';
import { environmentSubject, fine, wrong, type Finding } from './finding.ts';

const soonMs = 7 * 86_400_000;
const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Looks at how people and programs come in: API keys that end, and whether what they send can be read on the way. */
export async function checkDoors({ store, settings }: Session, now = new Date()): Promise<Finding[]> {
  const address = checkAddress(settings.publicUrl);
  try {
    const keys = (await store.apiKeys.list()).filter(({ revokedAt }) => revokedAt === null);
    return [checkKeys(settings.apiKeys.length + keys.length, keys, now), ...address];
  } catch (error) {
    const cause = 'The table of API keys cannot be read: the database may be older than the program.';
    const remedy = 'Run the migrations: connector up, or pulumi up in infra/.';
    return [wrong(environmentSubject, 'API keys', { evidence: textOf(error), cause, remedy }), ...address];
  }
}

function checkKeys(count: number, keys: readonly ApiKeyRecord[], now: Date): Finding {
  const evidence = `${String(count)} for the HTTP API`;
  const ending = keys.flatMap(({ name, expiresAt }) => {
    if (expiresAt === null || Date.parse(expiresAt) - now.getTime() > soonMs) return [];
    return [{ name, expiresAt }];
  });
  const [first] = ending;
  if (first === undefined) return fine(environmentSubject, 'API keys', evidence);
  const ends = ending.map(({ name, expiresAt }) => `"${name}" ${formatInstant(expiresAt, now)}`).join(', ');
  return wrong(environmentSubject, 'API keys', {
    result: 'warning',
    evidence: `${evidence}; the end of: ${ends}`,
    cause: 'Programs that use an expired key get no tokens.',
    remedy: `Make a new key, give it to the program, and end the old one: connector api-keys revoke ${first.name}`,
  });
}

/** Nothing to say of an address on this machine, or of one over https. */
function checkAddress(publicUrl: string): Finding[] {
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol === 'https:' || loopbackNames.has(hostname)) return [];
  return [
    wrong(environmentSubject, 'address', {
      result: 'warning',
      evidence: publicUrl,
      cause: 'Over plain http, whoever is on the way reads keys, tokens and sessions.',
      remedy: 'Put a proxy with TLS in front of the server, and set CONNECTOR_URL to its https address.',
    }),
  ];
}
