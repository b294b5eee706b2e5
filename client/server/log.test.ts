import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';

const marker = 'act.marked-secret';

function logged(fields: object): string {
  const lines: string[] = [];
  const write = (chunk: Buffer, _encoding: string, done: () => void): void => {
    lines.push(chunk.toString());
    done();
  };
  createLog(new Writable({ write })).error(fields, 'something happened');
  return lines.join('');
}

const secrets = {
  credentials: { client_id: marker },
  values: [marker],
  ...{ access_token: marker, refresh_token: marker, accessToken: marker, token: marker, code: marker, state: marker },
  ...{ client_secret: marker, app_secret: marker, api_secret: marker, bearer_token: marker, verifier: marker },
};

test('a field that holds a secret is blacked out, however deep it lies', () => {
  const headers = { authorization: `Bearer ${marker}`, cookie: marker, 'set-cookie': [marker] };
  for (const fields of [secrets, { grant: secrets }, { act: { grant: secrets } }, { a: { b: { c: secrets } } }]) {
    expect(logged(fields)).not.toContain(marker);
    expect(logged(fields)).toContain('[redacted]');
  }
  for (const fields of [headers, { headers }, { request: { headers } }, { a: { request: { headers } } }]) {
    expect(logged(fields)).not.toContain(marker);
  }
});

test('of an error and its causes nothing is logged but what they say and where', () => {
  const config = { headers: { authorization: marker }, data: `refresh_token=${marker}` };
  const cause = Object.assign(new Error('The platform refused.'), {
    config,
    response: { body: marker },
    row: [marker],
  });
  const line = logged({ err: Object.assign(new Error('It failed.', { cause }), { request: config }) });
  expect(line).not.toContain(marker);
  expect(JSON.parse(line)).toMatchObject({
    err: { message: 'It failed.', cause: { message: 'The platform refused.' } },
  });
});
