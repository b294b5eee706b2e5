import type { Step } from './portal-step.ts';
import type { RefreshPolicy } from './refresh-policy.ts';

/**
 * What a connection may be used for, whatever the platform calls it. A platform's folder maps scopes, tier and app
 * state to these words.
 */
export const capabilities = ['post', 'read', 'delete', 'analytics', 'comment'] as const;
export type Capability = (typeof capabilities)[number];

/**
 * `live`: everything the scopes allow · `restricted`: works, but only in part (an app in testing, an unaudited app) ·
 * `manual`: no posting by API yet, a person posts and the connector gives instructions.
 */
export const modes = ['live', 'restricted', 'manual'] as const;
export type Mode = (typeof modes)[number];

/** A platform as data: all that workflows, the CLI and the console may know of it. */
export interface PlatformDescription {
  readonly id: string;
  readonly name: string;
  /** Ids that one connection of this platform answers for: a Facebook connection also answers for `instagram`. */
  readonly answersFor: readonly string[];
  readonly steps: readonly Step[];
  readonly refreshPolicy: RefreshPolicy;
}
