import { choosePort, refuseBusyPort } from './ports.ts';
import type { EnvironmentRecord, EnvironmentSecrets } from './record.ts';
import { defaultNamespace, defaultPort, portFrom } from './settings.ts';

/** What is to be started, and where it will listen. */
export interface EnvironmentPlan {
  readonly record: EnvironmentRecord;
  /** A Postgres of the user's own, by its administrator's URL; null: the embedded one. */
  readonly adminUrl: string | null;
  /** A pooler in front of it, for all but migrations; null: none. */
  readonly pooledUrl: string | null;
}

export interface PlanRequest {
  readonly environment: string;
  readonly env: NodeJS.ProcessEnv;
  readonly recorded: EnvironmentRecord | null;
  readonly secrets: EnvironmentSecrets;
}

/**
 * Chooses ports (those of the last time where they are still free) and what is the user's own. Throws when the public
 * port is taken.
 */
export async function planEnvironment({ environment, env, recorded, secrets }: PlanRequest): Promise<EnvironmentPlan> {
  const port = portFrom(env['CONNECTOR_PORT']) ?? recorded?.ports['public'] ?? defaultPort;
  const host = env['CONNECTOR_HOST'] ?? '127.0.0.1';
  await refuseBusyPort(port, host);
  const ports: Record<string, number> = { public: port };
  for (const name of ['postgres', 'temporal', 'temporalUi', 'temporalHttp', 'simulators']) {
    ports[name] = await choosePort(recorded?.ports[name], Object.values(ports));
  }
  const adminUrl = ownAdminUrl(env, recorded, secrets);
  const ownTemporal = ownTemporalAddress(env, recorded);
  return {
    adminUrl,
    pooledUrl: adminUrl === null ? null : ownPooledUrl(env, secrets),
    record: {
      publicUrl: env['CONNECTOR_URL'] ?? `http://localhost:${String(port)}`,
      host,
      ports,
      temporal: {
        address: ownTemporal ?? `127.0.0.1:${String(ports['temporal'])}`,
        namespace: (ownTemporal === null ? null : env['TEMPORAL_NAMESPACE']) ?? defaultNamespace,
        embedded: ownTemporal === null,
      },
      simulatorUrl: environment === 'sandbox' ? `http://127.0.0.1:${String(ports['simulators'])}` : null,
      embeddedPostgres: adminUrl === null,
      processes: {},
      pathEntries: recorded?.pathEntries ?? [],
      readyAt: null,
    },
  };
}

// A shell that has evaluated `connector env` offers the embedded ones as if they were the user's own: they are told by
// what the last start recorded.
function ownAdminUrl(
  env: NodeJS.ProcessEnv,
  recorded: EnvironmentRecord | null,
  secrets: EnvironmentSecrets,
): string | null {
  const given = env['DATABASE_ADMIN_URL'];
  if (given === undefined || given === '') {
    return recorded?.embeddedPostgres === false ? secrets.databaseUrls.admin : null;
  }
  const isEmbedded = recorded?.embeddedPostgres === true && isSameLogin(given, secrets.databaseUrls.admin);
  return isEmbedded ? null : given;
}

/** A pooler belongs to its server: one that was given with another server does not count for this one. */
function ownPooledUrl(env: NodeJS.ProcessEnv, secrets: EnvironmentSecrets): string | null {
  const given = env['DATABASE_POOLED_URL'] ?? '';
  if (given !== '') return given;
  return (env['DATABASE_ADMIN_URL'] ?? '') === '' ? secrets.databasePooledUrl : null;
}

function isSameLogin(one: string, other: string | null): boolean {
  if (other === null || !URL.canParse(one) || !URL.canParse(other)) return false;
  const [first, second] = [new URL(one), new URL(other)];
  // The password is random, the port may have changed since.
  return first.hostname === second.hostname && first.password === second.password;
}

function ownTemporalAddress(env: NodeJS.ProcessEnv, recorded: EnvironmentRecord | null): string | null {
  const given = env['TEMPORAL_ADDRESS'];
  const last = recorded?.temporal;
  if (given === undefined || given === '') return last?.embedded === false ? last.address : null;
  return last?.embedded === true && given === last.address ? null : given;
}
