import type { OpenAPIHono } from '@hono/zod-openapi';
import { withGeneralAnswers } from './general-answers.ts';

const bearer = {
  type: 'http',
  scheme: 'bearer',
  description:
    'An API key: `connector env` prints that of the environment, `connector api-keys create` makes others. What an operation asks of it stands in its `security` as a scope.',
} as const;

const basic = {
  type: 'http',
  scheme: 'basic',
  description: 'The same keys for browsers, as the password; any user name will do.',
} as const;

/** `GET /openapi.json`: every route for programs, with what it takes, gives and refuses. */
export function describeApi(app: OpenAPIHono, publicUrl: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', bearer);
  app.openAPIRegistry.registerComponent('securitySchemes', 'basic', basic);
  const about = {
    openapi: '3.1.0',
    info: {
      title: 'Platform connector',
      version: '1',
      description: 'Valid tokens for your platforms, and the steps to connect them. `connector env` prints a key.',
    },
    servers: [{ url: publicUrl }],
  };
  app.get('/openapi.json', (c) => c.json(withGeneralAnswers(app.getOpenAPI31Document(about))));
}
