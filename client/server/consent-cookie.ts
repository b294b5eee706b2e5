import { createHash } from 'node:crypto';
import { generateCookie, getCookie, setCookie } from 'hono/cookie';
import type { Context } from 'hono';

/** How long a person may take on the platform's pages. */
export const consentLifetimeMs = 10 * 60_000;

/**
 * The cookie that binds a consent to the browser that began it. Its name holds a short hash of the state, so that
 * several consents at once in one browser do not disturb each other.
 */
function cookieName(state: string): string {
  return `connector_consent_${createHash('sha256').update(state).digest('hex').slice(0, 12)}`;
}

/** Lax, not Strict: the callback is a navigation that comes from the platform's site. */
export function giveCookie(c: Context, state: string, nonce: string, publicUrl: string): void {
  setCookie(c, cookieName(state), nonce, {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/callback',
    maxAge: consentLifetimeMs / 1000,
    secure: publicUrl.startsWith('https:'),
  });
}

/** The browser's half of the consent with that state, if this is the browser. */
export function readCookie(c: Context, state: string): string | undefined {
  return getCookie(c, cookieName(state));
}

/** The header that makes the browser forget its half. */
export function expiredCookie(state: string): string {
  return generateCookie(cookieName(state), '', { path: '/callback', maxAge: 0 });
}
