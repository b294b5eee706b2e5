import { fingerprint } from '../../simulator-secrets.ts';

interface FaultDetails {
  readonly subcode?: number;
  readonly type?: string;
  /** The word in `WWW-Authenticate`. */
  readonly challenge?: 'invalid_token' | 'invalid_code' | 'invalid_request';
  readonly isTransient?: boolean;
}

/**
 * A refusal of the Graph API, in Meta's envelope.
 * https://developers.facebook.com/docs/graph-api/guides/error-handling (checked 2026-11-23; shape [O], header [C])
 */
export class GraphFault extends Error {
  readonly code: number;
  readonly details: FaultDetails;

  constructor(code: number, message: string, details: FaultDetails = {}) {
    super(message);
    this.name = 'GraphFault';
    this.code = code;
    this.details = details;
  }

  toResponse(): Response {
    const { code, message, details } = this;
    const { subcode, type = 'OAuthException', challenge = 'invalid_request', isTransient } = details;
    const error = {
      message,
      type,
      code,
      ...(subcode !== undefined && { error_subcode: subcode }),
      ...(isTransient !== undefined && { is_transient: isTransient }),
      fbtrace_id: `A${fingerprint(`${code}${message}`).slice(0, 22)}`,
    };
    const header = `OAuth "Facebook Platform" "${challenge}" "${message.replaceAll('"', "'")}"`;
    return Response.json({ error }, { status: 400, headers: { 'www-authenticate': header } });
  }
}

const deadTokenTexts: Readonly<Record<number, string>> = {
  459: 'Error validating access token: The session is invalid because the user is checkpointed.',
  460: 'Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.',
  464: 'Error validating access token: Sessions for the user are not allowed because the user is not a confirmed user.',
  467: 'Error validating access token: The session is invalid because the user logged out.',
  492: 'Error validating access token: The user no longer has the needed role on the Page.',
  493: "The access token is invalid since the user hasn't engaged the app in longer than 90 days.",
};

/** 190: the token is dead. Texts of 460 and 493 [C], of the others [U]. */
export function deadToken(subcode: number, appId: string): GraphFault {
  const text =
    subcode === 458
      ? `Error validating access token: The user has not authorized application ${appId}.`
      : (deadTokenTexts[subcode] ?? 'Error validating access token.');
  return new GraphFault(190, text, { subcode, challenge: 'invalid_token' });
}

/** 190/463: the token is past its end; both instants in Meta's own form [C]. */
export function expiredToken(expiresAtMs: number, nowMs: number): GraphFault {
  const text = `Error validating access token: Session has expired on ${inPacificTime(expiresAtMs)}. The current time is ${inPacificTime(nowMs)}.`;
  return new GraphFault(190, text, { subcode: 463, challenge: 'invalid_token' });
}

function inPacificTime(atMs: number): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/Los_Angeles',
    weekday: 'long',
    day: '2-digit',
    month: 'short',
    year: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(new Date(atMs));
  const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? '';
  const time = `${part('hour')}:${part('minute')}:${part('second')}`;
  return `${part('weekday')}, ${part('day')}-${part('month')}-${part('year')} ${time} ${part('timeZoneName')}`;
}

/** 190: nothing that Meta ever issued [U]. */
export function unreadableToken(): GraphFault {
  return new GraphFault(190, 'Invalid OAuth access token - Cannot parse access token', { challenge: 'invalid_token' });
}

/** 100/33: no such object, or not for this token [C]. */
export function noSuchObject(method: string, id: string): GraphFault {
  const message = `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`;
  return new GraphFault(100, message, { subcode: 33, type: 'GraphMethodException' });
}

/** 10 or 200: a permission is missing [C]. */
export function permissionMissing(code: 10 | 200, scopes: readonly string[]): GraphFault {
  const wanted = scopes.map((scope) => `'${scope}'`).join(' and ');
  return new GraphFault(code, `(#${code}) This endpoint requires the ${wanted} permission.`);
}

/** 100: a parameter is missing or wrong [U]. */
export function badParameter(message: string): GraphFault {
  return new GraphFault(100, `(#100) ${message}`);
}
