/**
 * The fields of one connection by the names of the specification, each a text; instants are ISO 8601 in UTC. Outside
 * its platform's folder nobody knows what the fields mean.
 */
export type Credentials = Readonly<Record<string, string>>;

/** What a platform answered to an exchange, a refresh, a discovery: the part to merge into the connection. */
export interface Grant {
  /** Fields to set. A field that is absent keeps its value: a refresh token is never replaced by nothing. */
  readonly credentials: Credentials;
  readonly scopes?: readonly string[];
  /** Instants (ISO 8601, UTC) that the response stated; null means that it stated "never". */
  readonly expiresAt?: string | null;
  readonly refreshExpiresAt?: string | null;
  readonly consentExpiresAt?: string | null;
  readonly account?: { readonly id: string; readonly name: string };
  readonly mode?: { readonly mode: 'live' | 'restricted' | 'manual'; readonly reason: string | null };
}
