import * as postgresql from '@pulumi/postgresql';
import * as pulumi from '@pulumi/pulumi';
import type { DatabasePlan, PlannedDefault, PlannedGrant, RoleNames } from './database-plan.ts';
import { GeneratedSecret } from './dynamic/generated-secret.ts';
import { Migrations } from './dynamic/migrations.ts';
import { parsePostgresUrl, pooledUrlFor, postgresUrlFor } from './postgres-address.ts';

/** What is decided before anything is created. */
export interface ConnectorDatabaseArgs {
  /** An administrator with CREATEDB and CREATEROLE, as a secret. */
  readonly adminUrl: pulumi.Output<string>;
  /** Where the worker and the reader go through a pooler; empty: nobody does. */
  readonly pooledUrl: pulumi.Output<string>;
  readonly plan: DatabasePlan;
  readonly migrations: readonly string[];
  readonly protect: boolean;
}

/** A postgres:// URL for each role, with its password. */
export type DatabaseUrls = Record<keyof RoleNames, string>;

interface Login {
  readonly role: postgresql.Role;
  readonly password: pulumi.Output<string>;
}

/** The database with its roles, schema and grants; nothing in it is open to PUBLIC. */
export class ConnectorDatabase extends pulumi.ComponentResource {
  /** Secret. */
  readonly urls: pulumi.Output<DatabaseUrls>;
  readonly migrations: pulumi.Output<string[]>;
  readonly #args: ConnectorDatabaseArgs;

  constructor(name: string, args: ConnectorDatabaseArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('connector:infra:Database', name, {}, options);
    this.#args = args;
    const { plan, adminUrl } = args;
    const admin = this.#provider('administrator', adminUrl);
    const login = {
      migrator: this.#role('migrator', admin),
      worker: this.#role('worker', admin),
      reader: this.#role('reader', admin),
    };
    const database = new postgresql.Database(
      'database',
      { name: plan.database, owner: login.migrator.role.name },
      // A role that still has rights in a database cannot be dropped, so all roles outlive it.
      { parent: this, provider: admin, protect: args.protect, dependsOn: [login.worker.role, login.reader.role] },
    );
    this.urls = this.#urls(database.name, login);
    // Everything inside the database belongs to the migrator, so it grants, and the administrator needs no rights there.
    const owner = this.#provider(
      'migrator',
      this.urls.apply((urls) => urls.migrator),
    );
    const inside = { parent: this, provider: owner, deletedWith: database };
    const schema = new postgresql.Schema(
      'schema',
      { name: plan.schema, database: database.name, owner: login.migrator.role.name },
      { ...inside, protect: args.protect },
    );
    const ready = this.#grants(plan.grantsBefore, inside, [schema]);
    const migrations = new Migrations(
      'migrations',
      {
        database: plan.database,
        user: plan.roles.migrator,
        password: login.migrator.password,
        workerRole: plan.roles.worker,
        readerRole: plan.roles.reader,
        folder: 'migrations',
        available: args.migrations,
      },
      { parent: this, dependsOn: [...ready, ...this.#defaults(plan.defaults, inside, ready)], deletedWith: database },
    );
    this.#grants(plan.grantsAfter, inside, [migrations]);
    this.migrations = migrations.applied;
    this.registerOutputs({ urls: this.urls, migrations: this.migrations });
  }

  #defaults(
    planned: readonly PlannedDefault[],
    inside: pulumi.CustomResourceOptions,
    after: pulumi.Resource[],
  ): pulumi.Resource[] {
    const { plan } = this.#args;
    return planned.map(({ id, role, objectType, privileges }) => {
      // Without a schema: Postgres lets PUBLIC's default right to run functions be taken away for the whole database only.
      const what = {
        database: plan.database,
        owner: plan.roles.migrator,
        role,
        objectType,
        privileges: [...privileges],
      };
      return new postgresql.DefaultPrivileges(id, what, { ...inside, dependsOn: after });
    });
  }

  #provider(name: string, url: pulumi.Output<string>): postgresql.Provider {
    const address = url.apply(parsePostgresUrl);
    return new postgresql.Provider(
      name,
      {
        host: address.host,
        port: address.port,
        username: address.user,
        // Only where the two differ, so that everybody else's plan stays as it is.
        databaseUsername: address.apply(({ user, role }) => (role === user ? undefined : role)),
        password: pulumi.secret(address.password),
        database: address.database,
        sslmode: address.sslMode,
        sslrootcert: address.sslRootCertificate,
        // True would make the provider read password hashes, which only a superuser may. So every administrator gets
        // the same plan.
        superuser: false,
        connectTimeout: 15,
      },
      { parent: this },
    );
  }

  #urls(databaseName: pulumi.Output<string>, login: Record<keyof RoleNames, Login>): pulumi.Output<DatabaseUrls> {
    const { migrator, worker, reader } = login;
    return pulumi.secret(
      pulumi
        .all([
          this.#args.adminUrl,
          this.#args.pooledUrl,
          databaseName,
          migrator.password,
          worker.password,
          reader.password,
        ])
        .apply(([server, pooler, database, ...passwords]) => {
          const { roles } = this.#args.plan;
          const url = (role: keyof RoleNames, password: string): string => {
            const login = { user: roles[role], password, database };
            // Migrations need a session of their own.
            const isDirect = pooler === '' || role === 'migrator';
            return isDirect ? postgresUrlFor(server, login) : pooledUrlFor(pooler, server, login);
          };
          return {
            migrator: url('migrator', passwords[0]),
            worker: url('worker', passwords[1]),
            reader: url('reader', passwords[2]),
          };
        }),
    );
  }

  #role(role: keyof RoleNames, admin: postgresql.Provider): Login {
    const password = new GeneratedSecret(`${role}-password`, { bytes: 24, encoding: 'base64url' }, { parent: this });
    const name = this.#args.plan.roles[role];
    return {
      password: password.value,
      role: new postgresql.Role(
        role,
        { name, login: true, password: password.value, searchPaths: [this.#args.plan.schema], roles: [] },
        { parent: this, provider: admin },
      ),
    };
  }

  /** One after the other: Postgres refuses two grants on one object at the same time ("tuple concurrently updated"). */
  #grants(
    planned: readonly PlannedGrant[],
    inside: pulumi.CustomResourceOptions,
    after: pulumi.Resource[],
  ): pulumi.Resource[] {
    let previous = after;
    for (const grant of planned) {
      const made = new postgresql.Grant(
        grant.id,
        {
          database: this.#args.plan.database,
          ...(grant.objectType === 'database' ? {} : { schema: this.#args.plan.schema }),
          role: grant.role,
          objectType: grant.objectType,
          objects: [...grant.objects],
          privileges: [...grant.privileges],
        },
        // A changed grant is replaced, and deleting the old one revokes what the new one has just given, unless it goes first.
        { ...inside, dependsOn: previous, deleteBeforeReplace: true },
      );
      previous = [made];
    }
    return previous;
  }
}
