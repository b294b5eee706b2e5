import { z } from 'zod';
import type { Credentials } from '../../model/credentials.ts';
import { parseCredentials } from '../define-platform.ts';

const text = z.string().min(1);

/** `testing`: Google ends refresh tokens after 7 days · `production`: they last. */
export const publishingStatuses = ['testing', 'production'] as const;

const appFields = {
  client_id: text,
  client_secret: text,
  /** What the person said about the app's audience; a connection that was imported does not know it. */
  publishing_status: z.enum(publishingStatuses).optional(),
};

/** The registration of our app in a Google Cloud project. */
export const appCredentials = z.object(appFields);
export type AppCredentials = z.infer<typeof appCredentials>;

const grantedCredentials = z.object({ ...appFields, access_token: text });
type GrantedCredentials = z.infer<typeof grantedCredentials>;

/** A complete connection; `token_expiry` is ISO 8601 in UTC. */
export const youtubeCredentials = z.object({
  ...appFields,
  access_token: text,
  refresh_token: text,
  token_expiry: text,
});
export type YoutubeCredentials = z.infer<typeof youtubeCredentials>;

/** The app's part, exactly typed. Throws CredentialsError. */
export function readApp(credentials: Credentials): AppCredentials {
  return parseCredentials('youtube', appCredentials, credentials);
}

/** What there is once a person has agreed: enough to ask Google who that was. Throws CredentialsError. */
export function readGranted(credentials: Credentials): GrantedCredentials {
  return parseCredentials('youtube', grantedCredentials, credentials);
}
