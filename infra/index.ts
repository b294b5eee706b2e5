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
const environmentUrl = process.env['DATABASE_ADMIN_URL'] ?? '';
const adminUrl = pulumi.secret(
  (config.getSecret('databaseAdminUrl') ?? pulumi.output('')).apply((url) => (url === '' ? environmentUrl : url)),
);

const database = new ConnectorDatabase('database', {
  adminUrl,
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
