/** A refusal of the OAuth endpoints, in the form of RFC 6749, 5.2. */
export class OAuthFault extends Error {
  readonly code: string;
  readonly status: 400 | 401;

  constructor(status: 400 | 401, code: string, description: string) {
    super(description);
    this.name = 'OAuthFault';
    this.code = code;
    this.status = status;
  }
}
