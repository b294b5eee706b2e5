import type { StepOutcome } from '../../model/portal-step.ts';

/**
 * Web takes https only; Desktop takes localhost or 127.0.0.1 with a port (2026-11-23) [O].
 * https://developers.tiktok.com/doc/login-kit-desktop, https://developers.tiktok.com/doc/login-kit-web
 */
export function checkRedirectUri(clientPlatform: string | undefined, redirectUri: string): StepOutcome {
  const { protocol, hostname, port } = new URL(redirectUri);
  if (clientPlatform === 'web') {
    return protocol === 'https:' ? { outcome: 'done' } : refused(redirectUri, 'Web', 'https addresses only', 'Desktop');
  }
  const isLoopback = (hostname === 'localhost' || hostname === '127.0.0.1') && port !== '';
  if (isLoopback) return { outcome: 'done' };
  return refused(redirectUri, 'Desktop', 'localhost or 127.0.0.1 with a port only', 'Web');
}

function refused(redirectUri: string, platform: string, takes: string, instead: string): StepOutcome {
  return {
    outcome: 'refused',
    field: 'client_platform',
    remedy: {
      cause: `TikTok takes ${takes} for the platform ${platform}, and the callback of this connector is ${redirectUri}.`,
      remedy: `Tick ${instead} on the page of the app and choose it here.`,
    },
  };
}
