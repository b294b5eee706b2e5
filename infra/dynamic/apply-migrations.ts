import type * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { applyMigrations, appliedMigrations } from '../apply-migrations.ts';
import { postgresUrlFor } from '../postgres-address.ts';
import type { Properties } from './program-module.ts';

const inputsSchema = z.object({
  database: z.string(),
  user: z.string(),
  password: z.string(),
  workerRole: z.string(),
  readerRole: z.string(),
  folder: z.string(),
  available: z.array(z.string()),
});
type Inputs = z.infer<typeof inputsSchema>;
const stateSchema = inputsSchema.extend({ applied: z.array(z.string()) });

// Where the server is comes from the settings of this run, not from the state: a server that moved to another port, or
// an administrator with a new password, is no change of the schema.
let serverUrl = process.env['DATABASE_ADMIN_URL'] ?? '';

/** Takes the server's address from the stack's configuration, if it stands there. */
export function configure(config: pulumi.dynamic.Config): void {
  const configured = config.get('databaseAdminUrl');
  if (configured !== undefined && configured !== '') serverUrl = configured;
}

/** Brings the schema up to date. */
export async function create(inputs: Properties): Promise<{ id: string; outs: Properties }> {
  const parsed = inputsSchema.parse(inputs);
  return { id: parsed.database, outs: await migrated(parsed) };
}

/** What the database itself says has been applied; gone if the login or the database is gone. */
export async function read(id: string, properties: Properties): Promise<{ id?: string; props?: Properties }> {
  const state = stateSchema.parse(properties);
  try {
    return { id, props: { ...state, applied: await appliedMigrations(urlFor(state)) } };
  } catch (error) {
    // 28000, 28P01: no such role or another password; 3D000: no such database. The resources for those mend it, and
    // then the migrations are looked at again.
    if (error instanceof Error && 'code' in error && ['28000', '28P01', '3D000'].includes(String(error.code)))
      return {};
    throw error;
  }
}

/** A change is a file that the database has not applied. A database that is ahead of this checkout is left alone. */
export function diff(olds: Properties, news: Properties): Promise<pulumi.dynamic.DiffResult> {
  const state = stateSchema.parse(olds);
  const inputs = inputsSchema.partial({ password: true }).parse(news);
  const missing = inputs.available.filter((name) => !state.applied.includes(name));
  return Promise.resolve({
    changes: missing.length > 0 || inputs.database !== state.database,
    replaces: inputs.database === state.database ? [] : ['database'],
  });
}

/** Applies what is missing. */
export async function update(_olds: Properties, news: Properties): Promise<{ outs: Properties }> {
  return { outs: await migrated(inputsSchema.parse(news)) };
}

async function migrated(inputs: Inputs): Promise<Properties> {
  const target = { ...inputs, databaseUrl: urlFor(inputs) };
  return { ...inputs, applied: await applyMigrations(target) };
}

function urlFor(inputs: Inputs): string {
  return postgresUrlFor(serverUrl, { user: inputs.user, password: inputs.password, database: inputs.database });
}
