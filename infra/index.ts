import * as pulumi from '@pulumi/pulumi';
import { availableMigrations } from './apply-migrations.ts';
import { ConnectorDatabase } from './connector-database.ts';
import { ConnectorKeys } from './connector-keys.ts';
import { planDatabase } from './database-plan.ts';
import { TemporalNamespace } from './dynamic/temporal-namespace.ts';
import { readSettings, refuseSecretsInClear } from './settings.ts';

const config = new pulumi.Config('connector');
const settings = readSettings((key) => config.get(key), process.env);
refuseSecretsInClear(process.env);
const adminUrl = urlFrom('databaseAdminUrl', 'DATABASE_ADMIN_URL');
const pooledUrl = urlFrom('databasePooledUrl', 'DATABASE_POOLED_URL');

const database = new ConnectorDatabase('database', {
  adminUrl,
  pooledUrl,
  plan: planDatabase(settings),
  migrations: await availableMigrations(new URL('migrations', import.meta.url).pathname),
  protect: settings.protect,
});
const keys = new ConnectorKeys('keys', settings);
const { temporalAddress: address, temporalNamespace: namespace } = settings;
if (address !== undefined) {
  new TemporalNamespace('temporal-namespace', {
    namespace,
    retentionDays: settings.temporalRetentionDays,
    searchAttributes: ['Platform', 'Owner', 'ConnectionStatus', 'WaitingFor'],
  });
}

export const databaseUrls = database.urls;
export const keyRing = keys.keyRing;
export const apiKeys = keys.apiKeys;
export const migrations = database.migrations;
export const temporal = { address: address ?? null, namespace };

/** An address from the stack's settings, else from a variable; empty when neither says one. */
function urlFrom(setting: string, variable: string): pulumi.Output<string> {
  const given = process.env[variable] ?? '';
  const configured = config.getSecret(setting) ?? pulumi.output('');
  return pulumi.secret(configured.apply((url) => (url === '' ? given : url)));
}
