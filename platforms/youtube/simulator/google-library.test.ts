import { Readable } from 'node:stream';
import { google } from 'googleapis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestSession, redirectUri, verifier, type TestSession } from './test-session.ts';

let session: TestSession;

beforeEach(async () => {
  session = await openTestSession();
});

afterEach(async () => {
  await session.close();
});

function createClient(): InstanceType<typeof google.auth.OAuth2> {
  const { client_id, client_secret } = session.client;
  const transporterOptions = { agent: session.network.agent };
  return new google.auth.OAuth2({ clientId: client_id, clientSecret: client_secret, redirectUri, transporterOptions });
}

it('serves Google’s own library: exchange, tokeninfo, refresh, revocation', async () => {
  const client = createClient();
  const { tokens } = await client.getToken({ code: await session.consent(), codeVerifier: verifier });
  client.setCredentials(tokens);
  expect((await client.getTokenInfo(tokens.access_token ?? '')).aud).toBe(session.client.client_id);
  const { credentials } = await client.refreshAccessToken();
  expect(credentials.refresh_token).toBe(tokens.refresh_token);
  expect(credentials.access_token).not.toBe(tokens.access_token);
  expect((await client.revokeToken(tokens.refresh_token ?? '')).status).toBe(200);
  client.setCredentials({ refresh_token: tokens.refresh_token ?? '' });
  await expect(client.getAccessToken()).rejects.toMatchObject({ message: 'invalid_grant', status: 400 });
});

it('serves Google’s own YouTube client: the channel, and an upload in one request', async () => {
  const auth = createClient();
  auth.setCredentials({ access_token: (await session.connect()).access_token });
  const youtube = google.youtube({ version: 'v3', auth });
  const channels = await youtube.channels.list({ part: ['id', 'snippet'], mine: true });
  expect(channels.data.items?.[0]?.snippet?.title).toBe('Creator Channel');
  const upload = await youtube.videos.insert({
    part: ['snippet', 'status'],
    requestBody: { snippet: { title: 'A film' }, status: { privacyStatus: 'private' } },
    media: { mimeType: 'video/mp4', body: Readable.from([Buffer.alloc(1_000, '--')]) },
  });
  expect(upload.data).toMatchObject({ kind: 'youtube#video', snippet: { title: 'A film' } });
  const listed = await youtube.videos.list({ part: ['status'], id: [upload.data.id ?? ''] });
  expect(listed.data.items?.[0]?.status?.privacyStatus).toBe('private');
  await expect(youtube.videos.delete({ id: upload.data.id ?? '' })).rejects.toMatchObject({ status: 403 });
});
