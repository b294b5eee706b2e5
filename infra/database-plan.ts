/** The tables that the migrations create; `migrations` is the migration tool's own. */
export const tables = [
  'platform_connections',
  'refresh_attempts',
  'connection_events',
  'human_tasks',
  'consent_requests',
  'quota_windows',
  'quota_reservations',
  'login_tickets',
  'console_sessions',
  'api_keys',
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
const appendOnly = ['connection_events'] as const;
// Who comes in over HTTP. A revoked key stays on record, so keys are never deleted.
const doors = ['login_tickets', 'console_sessions'] as const;
const keysOfDoors = ['api_keys'] as const;
const grantedApart: ReadonlySet<string> = new Set([...appendOnly, ...doors, ...keysOfDoors]);
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

function grantsOnObjects({ worker, reader }: RoleNames): PlannedGrant[] {
  const written = tables.filter((table) => !grantedApart.has(table));
  // A grant whose objects change is replaced, and for that moment its role may do nothing: later tables get grants of
  // their own, so that what runs goes on running.
  return [
    onTables('worker-tables', worker, written, readAndWrite),
    onTables('worker-events', worker, appendOnly, ['SELECT', 'INSERT']),
    onTables('worker-doors', worker, doors, readAndWrite),
    onTables('worker-api-keys', worker, keysOfDoors, ['SELECT', 'INSERT', 'UPDATE']),
    onTables('reader-tables', reader, readableByReader, ['SELECT']),
    onTables('reader-api-keys', reader, keysOfDoors, ['SELECT']),
    onTables('public-tables', 'public', tables, []),
    ...onFunction('note_read', { worker, reader }),
    ...onFunction('note_key_use', { worker, reader }),
  ];
}

function onTables(id: string, role: string, objects: readonly string[], privileges: readonly string[]): PlannedGrant {
  return { id, role, objectType: 'table', objects, privileges };
}

/** Postgres lets everybody run a function unless told otherwise; whoever is named here may. */
function onFunction(name: string, callers: Readonly<Record<string, string>>): PlannedGrant[] {
  const what = { objectType: 'function', objects: [name] } as const;
  const id = name.replaceAll('_', '-');
  const given = Object.entries(callers).map(([caller, role]) => {
    return { id: `${caller}-${id}`, role, ...what, privileges: ['EXECUTE'] };
  });
  return [{ id: `public-${id}`, role: 'public', ...what, privileges: [] }, ...given];
}
