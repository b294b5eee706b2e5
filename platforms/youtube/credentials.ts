import { z } from 'zod';
import type { Credentials } from '../../model/credentials.ts';
import { parseCredentials } from '../define-platform.ts';

const text = z.string().min(1);

/** `testing`: Google ends refresh tokens after 7 days · `production`: they last. */
export const publishingStatuses = ['testing', 'production'] as const;

const appFields = {
  client_id: text,
  client_secret: text,
  /** What the person said about the app's audience; an imported connection lacks it, and no refresh fails over it. */
  publishing_status: z.enum(publishingStatuses).optional().catch(undefined),
};

/** The registration of our app in a Google Cloud project. */
export const appCredentials = z.object(appFields);
export type AppCredentials = z.infer<typeof appCredentials>;

const grantedCredentials = z.object({ ...appFields, access_token: text });
type GrantedCredentials = z.infer<typeof grantedCredentials>;

/** A connection; `token_expiry` is ISO 8601 in UTC. The refresh token alone brings back the two that may be absent. */
export const youtubeCredentials = z.object({
  ...appFields,
  access_token: text.optional(),
  refresh_token: text,
  token_expiry: text.optional(),
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
