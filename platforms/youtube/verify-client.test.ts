import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Credentials } from '../../model/credentials.ts';
import { findStep } from '../find-step.ts';
import type { PlatformContext, StepResult } from '../platform.ts';
import { platform } from './index.ts';
import { startScriptedGoogle, type ScriptedAnswer, type ScriptedGoogle } from './scripted-google.ts';

const app = { client_id: '1-a.apps.googleusercontent.com', client_secret: 'app-s3cret' };

let google: ScriptedGoogle;
let context: PlatformContext;
beforeEach(async () => {
  google = await startScriptedGoogle();
  context = google.context();
});
afterEach(() => google.close());

function refusal(error: string, status = 400, description = 'Bad Request'): ScriptedAnswer {
  return { status, body: { error, error_description: description } };
}

describe('the client step', () => {
  const verify = (values: Credentials): Promise<StepResult> =>
    findStep(platform, 'portal', 'client').verify!(values, {}, context);

  it('proves a right pair by the refusal of a made-up code', async () => {
    google.answer(refusal('invalid_grant', 400, 'Malformed auth code.'));
    expect((await verify(app)).outcome.outcome).toBe('done');
    const [request] = google.seen;
    expect(request?.url.href).toBe('https://oauth2.googleapis.com/token');
    expect(Object.fromEntries(request!.form)).toMatchObject({
      ...app,
      grant_type: 'authorization_code',
      redirect_uri: context.redirectUri,
    });
  });

  it.each([
    ['invalid_client', 401, 'The OAuth client was not found.', undefined, /knows no OAuth client/],
    ['invalid_client', 401, 'Unauthorized', undefined, /does not accept this client ID with this client secret/],
    ['deleted_client', 401, 'The OAuth client was deleted.', 'client_id', /deleted/],
    ['unauthorized_client', 401, 'Unauthorized', 'client_id', /another type/],
  ])('refuses on %s (%i, %s)', async (error, status, description, field, cause) => {
    google.answer(refusal(error, status, description));
    const { outcome } = await verify(app);
    expect(outcome).toMatchObject({ outcome: 'refused', ...(field === undefined ? {} : { field }) });
    expect(outcome).toHaveProperty('remedy.cause', expect.stringMatching(cause));
    expect(outcome).toHaveProperty('remedy.link', 'https://console.cloud.google.com/auth/clients');
  });

  it('says which redirect URI to register', async () => {
    google.answer(refusal('redirect_uri_mismatch'));
    const { outcome } = await verify(app);
    expect(outcome).toMatchObject({ outcome: 'refused' });
    expect(outcome).toHaveProperty('remedy.remedy', expect.stringContaining('http://localhost:8422/callback'));
  });

  it.each<[string, ScriptedAnswer]>([
    ['trouble at Google', { status: 503, body: {} }],
    ['a proxy in between', { status: 403, body: '<html>Blocked</html>' }],
    ['too many calls', { status: 429, body: {} }],
  ])('does not judge after %s, and stays open', async (_what, answer) => {
    google.answer(answer);
    const { outcome } = await verify(app);
    expect(outcome).toMatchObject({ outcome: 'refused' });
    expect(outcome).toHaveProperty('remedy.cause', expect.stringContaining('could not be checked'));
    expect(google.seen).toHaveLength(1);
  });

  it('takes the shape of what Google issues, and nothing cut off', () => {
    const [field] = findStep(platform, 'portal', 'client').fields;
    const shape = new RegExp(`^(?:${field!.pattern!})$`);
    expect(shape.test('123456789012-abc_def.apps.googleusercontent.com')).toBe(true);
    for (const wrong of [
      '123456789012',
      'GOCSPX-abc',
      ' 1-a.apps.googleusercontent.com',
      'a.apps.googleusercontent.co',
    ]) {
      expect(shape.test(wrong)).toBe(false);
    }
  });
});

describe('the audience step', () => {
  it('warns of the weekly end of a permission in Testing', async () => {
    const { verify } = findStep(platform, 'portal', 'audience');
    const testing = await verify!({ publishing_status: 'testing' }, {}, context);
    expect(JSON.stringify(testing.outcome)).toContain('7 days');
    const production = await verify!({ publishing_status: 'production' }, {}, context);
    expect(production.outcome).toEqual({ outcome: 'done', notes: [] });
  });
});
