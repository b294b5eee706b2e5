/** A refusal of X: a status with one of its three forms of a body. */
export class XFault extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(`X refuses with ${status}`);
    this.name = 'XFault';
    this.status = status;
    this.body = body;
  }

  toResponse(headers: Readonly<Record<string, string>> = {}): Response {
    return Response.json(this.body, { status: this.status, headers });
  }
}

const problems = 'https://api.twitter.com/2/problems';

/** The older form: a list of codes. https://docs.x.com/x-api/fundamentals/response-codes-and-errors (2026-11-23) [O/C] */
export function codeFault(status: number, code: number, message: string): XFault {
  return new XFault(status, { errors: [{ code, message }] });
}

/** The form of OAuth 2.0 (2026-11-23) [C]. */
export function oauthFault(status: number, error: string, description: string): XFault {
  return new XFault(status, { error, error_description: description });
}

/** A problem document; `type` by its last part. */
export function problem(status: number, type: string, title: string, detail: string): XFault {
  return new XFault(status, { title, detail, type: `${problems}/${type}`, status });
}

/** A problem document that says no more than its status. */
export function plainProblem(status: number, title: string, detail = title): XFault {
  return new XFault(status, { title, type: 'about:blank', status, detail });
}

/** 401 without a reason, as version 2 answers (2026-11-23) [C]. */
export function unauthorized(): XFault {
  return plainProblem(401, 'Unauthorized');
}

/** 402; the text is inferred from its length (2026-11-23) [I], status and title are [C]. */
export function creditsDepleted(enrolledAccount: string): XFault {
  return new XFault(402, {
    title: 'CreditsDepleted',
    detail: `Your enrolled account [${enrolledAccount}] does not have any credits to fulfill this request.`,
    type: `${problems}/credits`,
  });
}

/** 403: the developer account has no plan (2026-11-23) [C]. */
export function clientNotEnrolled(clientId: string): XFault {
  return new XFault(403, {
    client_id: clientId,
    detail:
      'When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a Twitter developer App that is attached to a Project. You can create a project via the developer portal.',
    registration_url: 'https://developer.twitter.com/en/docs/projects/overview',
    title: 'Client Forbidden',
    required_enrollment: 'Appropriate Level of API Access',
    reason: 'client-not-enrolled',
    type: `${problems}/client-forbidden`,
  });
}

/** 403: a read-only token was used to write (2026-11-23) [C]. */
export function oauth1Permissions(): XFault {
  const detail = 'Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.';
  return problem(403, 'oauth1-permissions', 'Forbidden', detail);
}

/** 403: this way of authenticating does not fit the endpoint (2026-11-23) [C for application-only, U for the other]. */
export function unsupportedAuthentication(used: 'app' | 'user'): XFault {
  const detail =
    used === 'app'
      ? 'Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].'
      : 'Authenticating with User Context is forbidden for this endpoint.  Supported authentication types are [OAuth 2.0 Application-Only].';
  return problem(403, 'unsupported-authentication', 'Unsupported Authentication', detail);
}

/** 403: the plan does not have the endpoint (2026-11-23) [C]. */
export function planLacksEndpoint(): XFault {
  const message =
    'You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, oauth) only. If you need access to this endpoint, you may need a different access level.';
  return codeFault(403, 453, message);
}

/** 429: the month's posts are used up (2026-11-23) [O type; U fields]. */
export function usageCapped(): XFault {
  return new XFault(429, {
    title: 'UsageCapExceeded',
    detail: 'Usage cap exceeded: Monthly product cap',
    type: `${problems}/usage-capped`,
    period: 'Monthly',
    scope: 'Product',
  });
}
