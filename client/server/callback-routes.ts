import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ConnectionFacts } from '../../model/connection.ts';
import type { Platform } from '../../platforms/platform.ts';
import { expiredCookie, readCookie } from './consent-cookie.ts';
import { consentStepOf } from './consent-step.ts';
import type { ConsentStepDefinition } from './consent-step.ts';
import type { ServerDependencies } from './dependencies.ts';
import { judgeConsent } from './judge-consent.ts';
import type { FailureLimit } from './failure-limit.ts';
import { pageResponse, remedyPage } from './page.ts';
import { Problem } from './problem.ts';

/**
 * `GET /callback`: where the platforms send a person's browser after consent. The state is spent before anything else,
 * whatever else arrived: forged, replayed, late or in another browser, it changes nothing.
 */
export function callbackRoutes(app: OpenAPIHono, dependencies: ServerDependencies, failures: FailureLimit): void {
  const { store, settings, platforms } = dependencies;
  app.get('/callback', async (c) => {
    const parameters = new URL(c.req.url).searchParams;
    const state = parameters.get('state') ?? '';
    const browser = state === '' ? undefined : readCookie(c, state);
    if (browser === undefined) throw await failures.count(c, unusable());
    const code = parameters.has('error') ? null : parameters.get('code');
    const spent = await store.consentRequests.spend({ state, browser, code: code === '' ? null : code });
    if (spent === null) throw await failures.count(c, unusable());
    const facts = await store.connections.facts(spent.connectionId);
    const platform = platforms.find(({ id }) => id === facts?.platform);
    const step = facts === null || platform === undefined ? null : await consentStepOf(dependencies, platform, facts);
    if (facts === null || facts.status === 'revoked' || platform === undefined || step === null) throw unusable();
    const response =
      code === null || code === ''
        ? await refusedByPlatform(settings.publicUrl, { platform, facts, step }, parameters)
        : await judgeConsent(dependencies, { platform, facts, step: step.id, consentRequestId: spent.id });
    response.headers.append('Set-Cookie', expiredCookie(state));
    return response;
  });
}

interface Consent {
  readonly platform: Platform;
  readonly facts: ConnectionFacts;
  readonly step: ConsentStepDefinition;
}

/** The platform sent an error instead of a code: the state is spent, the step stays open. */
function refusedByPlatform(publicUrl: string, consent: Consent, parameters: URLSearchParams): Promise<Response> {
  const { platform, facts, step } = consent;
  const outcome = step.refused(parameters);
  const fallback = { cause: `${platform.name} sent no code.`, remedy: 'Open the consent link again.' };
  const remedy = outcome.outcome === 'done' ? fallback : outcome.remedy;
  const again = { href: new URL(`/consent/${facts.id}`, publicUrl).href, text: 'Try again' };
  return pageResponse(remedyPage(`${platform.name} is not connected yet`, remedy, again), 422);
}

function unusable(): Problem {
  return new Problem({
    type: 'unusable-answer',
    title: 'This answer cannot be used',
    status: 400,
    detail: 'It was used already, is more than ten minutes old, or belongs to another browser. Nothing was changed.',
    remedy: 'Open the consent link again, in the browser in which you agree, and finish within ten minutes.',
  });
}
