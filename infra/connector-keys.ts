import * as pulumi from '@pulumi/pulumi';
import { GeneratedSecret } from './dynamic/generated-secret.ts';
import type { Settings } from './settings.ts';

/** A key that seals credentials: its id stands in each sealed value, `key` is 32 bytes in base64. */
export interface SealingKey {
  readonly id: string;
  readonly key: string;
}

/** A bearer key of the HTTP API. */
export interface ApiKey {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly key: string;
}

/** The keys of an environment. They exist nowhere but in the stack's encrypted state. */
export class ConnectorKeys extends pulumi.ComponentResource {
  /** Secret. New writes use the first, reads the one that a value names. */
  readonly keyRing: pulumi.Output<SealingKey[]>;
  /** Secret. */
  readonly apiKeys: pulumi.Output<ApiKey[]>;

  constructor(
    name: string,
    args: Pick<Settings, 'keyIds' | 'apiKeys' | 'protect'>,
    options: pulumi.ComponentResourceOptions = {},
  ) {
    super('connector:infra:Keys', name, {}, options);
    this.keyRing = pulumi.secret(
      pulumi.all(
        args.keyIds.map((id) => {
          const form = { bytes: 32, encoding: 'base64' } as const;
          // Without its key, what it sealed is lost: an id taken from the list is refused while protect is on.
          const key = new GeneratedSecret(`key-${id}`, form, { parent: this, protect: args.protect });
          return key.value.apply((value) => ({ id, key: value }));
        }),
      ),
    );
    this.apiKeys = pulumi.secret(
      pulumi.all(
        args.apiKeys.map(({ name: holder, scopes }) => {
          const form = { bytes: 32, encoding: 'base64url', prefix: 'pac_' } as const;
          const key = new GeneratedSecret(`api-key-${holder}`, form, { parent: this });
          return key.value.apply((value) => ({ name: holder, scopes, key: value }));
        }),
      ),
    );
    this.registerOutputs({ keyRing: this.keyRing, apiKeys: this.apiKeys });
  }
}
