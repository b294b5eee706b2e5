/** A refusal of the Graph API, with what a judgement needs of it. `diagnose` tells what it means. */
export class GraphError extends Error {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body, or undefined when it was no JSON. */
  readonly body: unknown;

  constructor(status: number, headers: Headers, body: unknown) {
    super(`The Graph API answered ${status} with something that is no success; platform.diagnose tells what it means.`);
    this.name = 'GraphError';
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}
