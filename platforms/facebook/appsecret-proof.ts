import { createHmac } from 'node:crypto';

/**
 * Shows that the caller of the Graph API holds the app secret: hex HMAC-SHA256 of the access token, hence another one for each
 * token. https://developers.facebook.com/docs/graph-api/securing-requests (2026-11-23) [O]
 */
export function appsecretProof(appSecret: string, accessToken: string): string {
  return createHmac('sha256', appSecret).update(accessToken).digest('hex');
}
