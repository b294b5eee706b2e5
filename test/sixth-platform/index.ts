import { z } from 'zod';
import { PlatformFailure } from '../../model/failure.ts';
import { definePlatform } from '../../platforms/define-platform.ts';
import { unknownFailure } from '../../platforms/failures.ts';
import type { PlatformContext, StepResult } from '../../platforms/platform.ts';

/** A made-up platform, with which a test shows that a folder is all it takes. */
const answerSchema = z.union([
  z.object({ access_token: z.string(), refresh_token: z.string(), expires_in: z.number(), user: z.string() }),
  z.object({ error: z.string() }),
]);

async function ask(body: Record<string, string>, { network }: PlatformContext): Promise<z.infer<typeof answerSchema>> {
  const response = await network.fetch('https://api.sixth.example/token', {
    method: 'POST',
    body: new URLSearchParams(body),
  });
  return answerSchema.parse(await response.json());
}

async function grant(body: Record<string, string>, context: PlatformContext): Promise<NonNullable<StepResult['save']>> {
  const answer = await ask(body, context);
  if ('error' in answer) {
    throw new PlatformFailure({
      kind: answer.error === 'invalid_client' ? 'app_rejected' : 'needs_consent',
      code: answer.error,
      cause: `Sixth answered ${answer.error}.`,
      remedy: 'Consent again.',
    });
  }
  const expiresAt = new Date(context.clock.now().getTime() + answer.expires_in * 1000).toISOString();
  return {
    credentials: { access_token: answer.access_token, refresh_token: answer.refresh_token, token_expiry: expiresAt },
    expiresAt,
    scopes: ['write'],
    account: { id: answer.user, name: answer.user },
  };
}

export const platform = definePlatform({
  id: 'sixth',
  name: 'Sixth',
  credentials: z.object({
    client_id: z.string(),
    client_secret: z.string(),
    access_token: z.string(),
    refresh_token: z.string(),
    token_expiry: z.string(),
  }),
  shape: ['client_id', 'client_secret', 'access_token', 'refresh_token', 'token_expiry'],
  readableFields: ['client_id', 'token_expiry'],
  appFields: ['client_id', 'client_secret'],
  steps: [
    {
      kind: 'portal',
      id: 'app',
      title: 'Make an app',
      link: 'https://www.sixth.example/apps',
      instructions: ['Make an app and copy both values.'],
      fields: [
        { name: 'client_id', label: 'Client id', secret: false, required: true },
        { name: 'client_secret', label: 'Client secret', secret: true, required: true },
      ],
      verify: async (values, _known, context): Promise<StepResult> => {
        const answer = await ask({ ...values, code: 'made-up' }, context);
        if ('error' in answer && answer.error === 'invalid_client') {
          return { outcome: { outcome: 'refused', remedy: { cause: 'The pair is wrong.', remedy: 'Copy it again.' } } };
        }
        return { outcome: { outcome: 'done' } };
      },
    },
    {
      kind: 'consent',
      id: 'consent',
      title: 'Agree',
      instructions: ['Open the link and agree.'],
      authorizationUrl: ({ state }, { network, redirectUri }) => {
        const page = new URL('https://www.sixth.example/authorize');
        page.search = new URLSearchParams({ state, redirect_uri: redirectUri }).toString();
        return network.browserUrl(page);
      },
      exchange: async ({ credentials, code }, context): Promise<StepResult> => {
        const { client_id = '', client_secret = '' } = credentials;
        return { outcome: { outcome: 'done' }, save: await grant({ client_id, client_secret, code }, context) };
      },
      refused: () => ({ outcome: 'refused', remedy: { cause: 'Somebody pressed Cancel.', remedy: 'Agree.' } }),
    },
  ],
  refreshPolicy: { kind: 'rotating', idleRefreshEveryMs: 86_400_000, probeEveryMs: 86_400_000 },
  accessToken: (field) => field('access_token'),
  refreshToken: (field) => field('refresh_token'),
  capabilities: (scopes) => (scopes.includes('write') ? ['post'] : []),
  refresh: ({ client_id, client_secret, refresh_token }, context) =>
    grant({ client_id, client_secret, refresh_token }, context),
  probe: () => Promise.resolve({ credentials: {} }),
  revoke: () => Promise.resolve(),
  diagnose: () => unknownFailure('Sixth', 'it answered something else'),
});
