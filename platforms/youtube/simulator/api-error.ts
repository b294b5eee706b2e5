/** One entry of `errors` in Google's envelope. */
export interface ApiErrorItem {
  readonly message: string;
  readonly domain: string;
  readonly reason: string;
  readonly location?: string;
  readonly locationType?: string;
}

/**
 * A refusal of the YouTube API, in Google's envelope.
 * https://developers.google.com/youtube/v3/docs/errors (checked 2026-11-23; envelope [C], `status` and `details` [U])
 */
export class ApiError extends Error {
  readonly code: number;
  readonly item: ApiErrorItem;
  readonly status: string | undefined;
  readonly details: readonly unknown[];

  constructor(
    code: number,
    item: ApiErrorItem,
    extra: { message?: string; status?: string; details?: readonly unknown[] } = {},
  ) {
    super(extra.message ?? item.message);
    this.name = 'ApiError';
    this.code = code;
    this.item = item;
    this.status = extra.status;
    this.details = extra.details ?? [];
  }

  toResponse(headers: Readonly<Record<string, string>> = {}): Response {
    const { code, message, item, status, details } = this;
    const error = {
      code,
      message,
      errors: [item],
      ...(status === undefined ? {} : { status }),
      ...(details.length === 0 ? {} : { details }),
    };
    return Response.json({ error }, { status: code, headers });
  }
}

const errorInfo = 'type.googleapis.com/google.rpc.ErrorInfo';

/** 401: the access token is missing, bad or expired. */
export function authError(): ApiError {
  const item = {
    message: 'Invalid Credentials',
    domain: 'global',
    reason: 'authError',
    location: 'Authorization',
    locationType: 'header',
  };
  const message =
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';
  return new ApiError(401, item, { message, status: 'UNAUTHENTICATED' });
}

/** 403: the token's scopes do not reach this far. */
export function insufficientPermissions(method: string): ApiError {
  const item = { message: 'Insufficient Permission', domain: 'global', reason: 'insufficientPermissions' };
  const metadata = { service: 'youtube.googleapis.com', method };
  return new ApiError(403, item, {
    message: 'Request had insufficient authentication scopes.',
    status: 'PERMISSION_DENIED',
    details: [{ '@type': errorInfo, reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', domain: 'googleapis.com', metadata }],
  });
}

/** 403: nobody enabled the YouTube Data API v3 in the app's project. */
export function accessNotConfigured(projectNumber: string): ApiError {
  const activationUrl = `https://console.developers.google.com/apis/api/youtube.googleapis.com/overview?project=${projectNumber}`;
  const message = `YouTube Data API v3 has not been used in project ${projectNumber} before or it is disabled. Enable it by visiting ${activationUrl} then retry.`;
  const metadata = { service: 'youtube.googleapis.com', consumer: `projects/${projectNumber}`, activationUrl };
  return new ApiError(
    403,
    { message, domain: 'usageLimits', reason: 'accessNotConfigured' },
    {
      status: 'PERMISSION_DENIED',
      details: [{ '@type': errorInfo, reason: 'SERVICE_DISABLED', domain: 'googleapis.com', metadata }],
    },
  );
}

/** 403: the day's 10,000 units are spent; the message is Google's, markup included [C]. */
export function quotaExceeded(): ApiError {
  const message =
    'The request cannot be completed because you have exceeded your <a href="/youtube/v3/getting-started#quota">quota</a>.';
  return new ApiError(403, { message, domain: 'youtube.quota', reason: 'quotaExceeded' });
}

/** 429: the day's 100 uploads are spent [C May 2026]. */
export function uploadsExceeded(projectNumber: string): ApiError {
  const message = `Quota exceeded for quota metric 'Video Uploads' and limit 'Video Uploads per day' of service 'youtube.googleapis.com' for consumer 'project_number:${projectNumber}'.`;
  return new ApiError(
    429,
    { message, domain: 'global', reason: 'rateLimitExceeded' },
    { status: 'RESOURCE_EXHAUSTED' },
  );
}

/** 401: the account has no YouTube channel. */
export function signupRequired(): ApiError {
  const item = { message: 'Unauthorized', domain: 'youtube.header', reason: 'youtubeSignupRequired' };
  return new ApiError(
    401,
    { ...item, location: 'Authorization', locationType: 'header' },
    { status: 'UNAUTHENTICATED' },
  );
}

/** 400 with a reason of the YouTube API, at a field of the resource or a parameter. */
export function badRequest(reason: string, message: string, location?: string): ApiError {
  const place =
    location === undefined ? {} : { location, locationType: location.includes('.') ? 'other' : 'parameter' };
  const domain = ['missingRequiredParameter', 'unknownPart'].includes(reason) ? 'youtube.parameter' : 'youtube.video';
  return new ApiError(400, { message, domain, reason, ...place }, { status: 'INVALID_ARGUMENT' });
}
