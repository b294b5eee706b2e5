/** The tables that the migrations create; `migrations` is the migration tool's own. */
export const tables = [
  'platform_connections',
  'refresh_attempts',
  'connection_events',
  'human_tasks',
  'consent_requests',
  'quota_windows',
  'quota_reservations',
] as const;

/** The schema that holds all of them. Its name is fixed, because migrations and debugging sessions rely on it. */
export const schemaName = 'connector';

/** The three logins of an environment: who owns, who works, who only reads. */
export interface RoleNames {
  readonly migrator: string;
  readonly worker: string;
  readonly reader: string;
}

/** What one role may do with some objects; no privileges means that every privilege is taken away. */
export interface PlannedGrant {
  /** Unique in the plan; names the resource. */
  readonly id: string;
  readonly role: string;
  readonly objectType: 'database' | 'schema' | 'table' | 'function';
  /** Empty where the type itself names the object (the database, the schema). */
  readonly objects: readonly string[];
  readonly privileges: readonly string[];
}

/** What a role gets on objects that a later migration creates. */
export interface PlannedDefault {
  readonly id: string;
  readonly role: string;
  readonly objectType: 'function';
  readonly privileges: readonly string[];
}

/** Everything that is decided about the database before anything is created. */
export interface DatabasePlan {
  readonly database: string;
  readonly schema: string;
  readonly roles: RoleNames;
  /** Needed before the migrations run. */
  readonly grantsBefore: readonly PlannedGrant[];
  readonly defaults: readonly PlannedDefault[];
  /** On what the migrations create. */
  readonly grantsAfter: readonly PlannedGrant[];
}

// Events are an audit trail: whoever takes over the worker must not be able to rewrite it.
const appendOnly: ReadonlySet<string> = new Set(['connection_events']);
const readableByReader = ['platform_connections', 'quota_windows', 'quota_reservations', 'human_tasks'] as const;

/**
 * Decides names and grants. `rolePrefix` is a lower-case identifier of at most 30 characters, which leaves room for
 * every suffix within Postgres's 63.
 */
export function planDatabase(choice: { readonly database: string; readonly rolePrefix: string }): DatabasePlan {
  const roles: RoleNames = {
    migrator: `${choice.rolePrefix}_migrator`,
    worker: `${choice.rolePrefix}_worker`,
    reader: `${choice.rolePrefix}_reader`,
  };
  return {
    database: choice.database,
    schema: schemaName,
    roles,
    grantsBefore: [
      { id: 'public-database', role: 'public', objectType: 'database', objects: [], privileges: [] },
      { id: 'worker-database', role: roles.worker, objectType: 'database', objects: [], privileges: ['CONNECT'] },
      { id: 'reader-database', role: roles.reader, objectType: 'database', objects: [], privileges: ['CONNECT'] },
      { id: 'public-schema', role: 'public', objectType: 'schema', objects: [], privileges: [] },
      { id: 'worker-schema', role: roles.worker, objectType: 'schema', objects: [], privileges: ['USAGE'] },
      { id: 'reader-schema', role: roles.reader, objectType: 'schema', objects: [], privileges: ['USAGE'] },
    ],
    // Tables have no default: one that the plan does not name stays closed. (The provider's grant only adds, so a
    // default would also leave the worker UPDATE and DELETE on events, and everything on the migrations' own table.)
    defaults: [{ id: 'public-new-functions', role: 'public', objectType: 'function', privileges: [] }],
    grantsAfter: grantsOnObjects(roles),
  };
}

const readAndWrite = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;

function grantsOnObjects(roles: RoleNames): PlannedGrant[] {
  const written = tables.filter((table) => !appendOnly.has(table));
  return [
    { id: 'worker-tables', role: roles.worker, objectType: 'table', objects: written, privileges: readAndWrite },
    {
      id: 'worker-events',
      role: roles.worker,
      objectType: 'table',
      objects: [...appendOnly],
      privileges: ['SELECT', 'INSERT'],
    },
    { id: 'reader-tables', role: roles.reader, objectType: 'table', objects: readableByReader, privileges: ['SELECT'] },
    { id: 'public-tables', role: 'public', objectType: 'table', objects: tables, privileges: [] },
    { id: 'public-note-read', role: 'public', objectType: 'function', objects: ['note_read'], privileges: [] },
    {
      id: 'worker-note-read',
      role: roles.worker,
      objectType: 'function',
      objects: ['note_read'],
      privileges: ['EXECUTE'],
    },
    {
      id: 'reader-note-read',
      role: roles.reader,
      objectType: 'function',
      objects: ['note_read'],
      privileges: ['EXECUTE'],
    },
  ];
}
