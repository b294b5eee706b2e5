/** What an API key may: read tokens; connect, reconnect and revoke; open what Temporal keeps. */
export const apiScopes = ['tokens:read', 'connections:write', 'codec'] as const;
export type ApiScope = (typeof apiScopes)[number];
