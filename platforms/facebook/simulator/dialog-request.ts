import type { World } from './world.ts';

/** What an app asks for on the consent page, once Facebook would show it. */
export interface DialogRequest {
  readonly redirectUri: string;
  readonly state: string | null;
  readonly scopes: readonly string[];
  /** Declined permissions are asked for again. */
  readonly asksAgain: boolean;
}

/** What Facebook shows on a page of its own instead: the app never hears of it. */
export class DialogFault extends Error {
  readonly code: string;

  constructor(code: string, explanation: string) {
    super(explanation);
    this.name = 'DialogFault';
    this.code = code;
  }
}

const knownScopes = [
  ...['public_profile', 'email', 'business_management', 'read_insights'],
  ...['pages_show_list', 'pages_read_engagement', 'pages_manage_posts', 'pages_manage_engagement'],
  ...['pages_read_user_content', 'pages_manage_metadata', 'pages_messaging'],
  ...['instagram_basic', 'instagram_content_publish', 'instagram_manage_comments', 'instagram_manage_insights'],
];

/**
 * Reads the query of the dialog. Throws DialogFault for what Facebook shows on its own error page.
 * https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow (checked 2026-11-23; parameters [O/C], pages [U])
 */
export function readDialogRequest(query: URLSearchParams, world: World): DialogRequest {
  const { appId } = world.kept;
  if (query.get('client_id') !== appId || world.settings().appDeleted) {
    throw new DialogFault('invalid_app_id', 'Invalid App ID: The provided app ID does not look like a valid app ID.');
  }
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!acceptsRedirect(redirectUri, world)) {
    throw new DialogFault(
      'url_blocked',
      'URL blocked: This redirect failed because the redirect URI is not white-listed in the app’s client OAuth settings.',
    );
  }
  const responseType = query.get('response_type') ?? 'code';
  if (responseType !== 'code') throw new DialogFault('invalid_response_type', 'This app uses the server flow: code.');
  const scopes = (query.get('scope') ?? '').split(',').filter((scope) => scope !== '');
  const unknown = scopes.filter((scope) => !knownScopes.includes(scope));
  if (unknown.length > 0) throw new DialogFault('invalid_scopes', `Invalid Scopes: ${unknown.join(', ')}.`);
  return {
    redirectUri,
    state: query.get('state'),
    scopes: [...new Set(scopes)],
    asksAgain: (query.get('auth_type') ?? '').split(',').includes('rerequest'),
  };
}

/** Listed addresses, to the letter and https; while unpublished also any http://localhost. [localhost U; strict mode O/C] */
function acceptsRedirect(redirectUri: string, world: World): boolean {
  const { published, redirectUris } = world.settings();
  if (redirectUris.includes(redirectUri)) return redirectUri.startsWith('https://') || !published;
  return !published && /^https?:\/\/localhost(:\d+)?(\/|$)/.test(redirectUri);
}
