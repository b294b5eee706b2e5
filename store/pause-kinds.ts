/** How the audit trail names the two acts. */
export const pauseKinds = { pause: 'connection.paused', resume: 'connection.resumed' } as const;
