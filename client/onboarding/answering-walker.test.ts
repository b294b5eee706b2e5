import { expect, test } from 'vitest';
import type { OnboardingState, WaitingFor } from '../../model/onboarding.ts';
import type { Step } from '../../model/portal-step.ts';
import { createAnsweringWalker } from './answering-walker.ts';
import { parseAnswers } from './answers.ts';

const field = (name: string, secret = false): { name: string; label: string; secret: boolean; required: boolean } => ({
  ...{ name, label: name.toUpperCase(), secret, required: true },
});
const project: Step = {
  kind: 'portal',
  id: 'project',
  title: 'Create',
  instructions: [],
  link: 'https://p',
  fields: [],
};
const fields = [field('client_id'), field('client_secret', true)];
const client: Step = { kind: 'portal', id: 'client', title: 'Copy', instructions: [], link: 'https://c', fields };
const consent: Step = { kind: 'consent', id: 'consent', title: 'Agree', instructions: [] };
const channel: Step = { kind: 'choice', id: 'channel', title: 'Choose', instructions: [] };

const state: OnboardingState = {
  ...{ onboardingId: 'o', connectionId: 'c', owner: 'default', platform: 'youtube', label: 'main', status: 'running' },
  ...{ waitingFor: null, refusal: null },
  steps: [project, client, consent, channel].map(({ id, kind, title }) => ({
    ...{ id, kind, title, state: 'to_do', doneAt: null },
  })),
};

function waiting(step: Step, more: Partial<WaitingFor> = {}): WaitingFor {
  const link = step.kind === 'consent' ? 'http://localhost/consent/c' : null;
  const since = '2026-11-23T12:00:00Z';
  return {
    step,
    since,
    until: null,
    consentLink: link,
    options: null,
    known: [],
    because: null,
    review: null,
    ...more,
  };
}

test('what the answers cover is given', async () => {
  const answers = parseAnswers(
    '{"steps":{"client":{"client_id":"i","client_secret":"s"}},"choices":{"channel":"UC"}}',
    '',
  );
  const walker = createAnsweringWalker(answers, { agree: null });
  expect(await walker.next(waiting(project), null, state)).toEqual({ move: 'give', answer: { step: 'project' } });
  expect(await walker.next(waiting(client), null, state)).toEqual({
    move: 'give',
    answer: { step: 'client', values: { client_id: 'i', client_secret: 's' } },
  });
  const options = [{ id: 'UC', name: 'Channel' }];
  expect(await walker.next(waiting(channel, { options }), null, state)).toEqual({
    move: 'give',
    answer: { step: 'channel', option: 'UC' },
  });
});

test('a step that no answer covers stops it, with what it needs and why, without values', async () => {
  const walker = createAnsweringWalker(parseAnswers('{"steps":{"client":{"client_id":"i"}}}', ''), { agree: null });
  const move = await walker.next(waiting(client), null, state);
  expect(move).toMatchObject({ move: 'stop', why: { kind: 'human_needed', step: 'client', link: 'https://c' } });
  expect(move.move === 'stop' && move.why.cause).toContain('client_secret (CLIENT_SECRET, secret)');
});

test('a value that is known already need not be given again', async () => {
  const walker = createAnsweringWalker(parseAnswers('{}', ''), { agree: null });
  const known = ['client_id', 'client_secret'];
  expect(await walker.next(waiting(client, { known }), null, state)).toEqual({
    move: 'give',
    answer: { step: 'client' },
  });
});

test('nobody agrees in place of the person where there is no simulator', async () => {
  const walker = createAnsweringWalker(parseAnswers('{}', ''), { agree: null });
  const move = await walker.next(waiting(consent), null, state);
  expect(move).toMatchObject({ why: { kind: 'human_needed', link: 'http://localhost/consent/c' } });
});

test('the simulated person agrees as the answers say', async () => {
  const agreed: unknown[] = [];
  const agree = (link: string, wish: unknown): Promise<void> => {
    agreed.push([link, wish]);
    return Promise.resolve();
  };
  const walker = createAnsweringWalker(parseAnswers('{"consent":{"account":"me"}}', ''), { agree });
  expect(await walker.next(waiting(consent), null, state)).toMatchObject({ move: 'wait' });
  expect(agreed).toEqual([['http://localhost/consent/c', { account: 'me' }]]);
});

test('an answer that was refused is not given again', async () => {
  const walker = createAnsweringWalker(parseAnswers('{"steps":{"client":{"client_id":"i","client_secret":"s"}}}', ''), {
    agree: null,
  });
  await walker.next(waiting(client), null, state);
  const remedy = { cause: 'Google does not know this pair.', remedy: 'Copy both once more.' };
  const move = await walker.next(waiting(client), { step: 'client', field: 'client_secret', remedy }, state);
  expect(move).toMatchObject({ move: 'stop', why: { kind: 'refused', remedy: 'Copy both once more.' } });
});
