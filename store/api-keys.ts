import { type Database, first } from './database.ts';
import { digestOf, newApiKey } from './random-secrets.ts';

/** An API key as people see it: everything but the key, which nobody keeps. Instants are ISO 8601 in UTC. */
export interface ApiKeyRecord {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  /** Null: never. */
  readonly expiresAt: string | null;
  /** To the minute; null: not yet. */
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

/** A key that opens at the moment of the question. */
export interface LiveApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** By the database's clock; null: without end. */
  readonly livesMs: number | null;
}

/** API keys beside those of the stack, by their digests. */
export interface ApiKeys {
  /** Makes a key and gives it, this once. Null: a key of that name is not revoked. */
  create(request: {
    readonly name: string;
    readonly scopes: readonly string[];
    /** Null: it does not expire. */
    readonly lifetimeMs: number | null;
  }): Promise<(ApiKeyRecord & { readonly key: string }) | null>;
  /** Oldest first. */
  list(): Promise<ApiKeyRecord[]>;
  /** Null: there is no such key, or it is revoked already. */
  revoke(name: string): Promise<ApiKeyRecord | null>;
  /** Null: it is unknown, expired or revoked. */
  find(digest: Buffer): Promise<LiveApiKey | null>;
  /** Notes that a key was used; more than once a minute changes nothing. */
  noteUse(id: string): Promise<void>;
}

const columns = `id, name, scopes, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt",
  revoked_at as "revokedAt"`;

const insertKey = `
  insert into connector.api_keys (name, digest, scopes, expires_at)
  values ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond')
  on conflict (name) where revoked_at is null do nothing
  returning ${columns}`;

const listKeys = `select ${columns} from connector.api_keys order by created_at, id`;

const revokeKey = `
  update connector.api_keys set revoked_at = clock_timestamp()
  where name = $1 and revoked_at is null returning ${columns}`;

const findKey = `
  select id, name, scopes,
    (extract(epoch from expires_at - clock_timestamp()) * 1000)::float8 as "livesMs"
  from connector.api_keys
  where digest = $1 and revoked_at is null and (expires_at is null or expires_at > clock_timestamp())`;

/** The rows of `connector.api_keys`. */
export function createApiKeys(database: Database): ApiKeys {
  return {
    create: async ({ name, scopes, lifetimeMs }) => {
      const key = newApiKey();
      const values = [name, digestOf(key), scopes, lifetimeMs];
      const record = first(await database.write<ApiKeyRecord>({ text: insertKey }, values));
      return record === null ? null : { ...record, key };
    },
    list: () => database.read<ApiKeyRecord>({ text: listKeys }, []),
    revoke: async (name) => first(await database.write<ApiKeyRecord>({ text: revokeKey }, [name])),
    find: async (digest) => first(await database.read<LiveApiKey>({ name: 'find-api-key', text: findKey }, [digest])),
    noteUse: async (id) => {
      await database.write({ text: 'select connector.note_key_use($1)' }, [id]);
    },
  };
}
