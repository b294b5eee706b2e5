import { z } from 'zod';
import { visitConsentPage, type ConsentVisit } from '../../platforms/simulated-person.ts';
import type { RestoredRelease } from './restore-release.ts';
import { eventually } from './running-program.ts';

const onboardingSchema = z.object({
  id: z.string(),
  status: z.enum(['running', 'completed', 'abandoned']),
  connectionId: z.string().nullable(),
  waitingFor: z
    .object({
      step: z.object({ id: z.string(), kind: z.string() }),
      since: z.string(),
      consentLink: z.string().nullable(),
    })
    .nullable(),
  refusal: z.unknown(),
});
export type Onboarding = z.infer<typeof onboardingSchema>;

const tokenSchema = z.object({ connectionId: z.string(), accessToken: z.string(), expiresAt: z.string().nullable() });

/** What any program sees of an environment, whichever version serves it. */
export interface PublicApi {
  token(platform: string, owner: string): Promise<z.infer<typeof tokenSchema>>;
  startOnboarding(platform: string, owner: string): Promise<Onboarding>;
  onboarding(id: string): Promise<Onboarding>;
  /** Does every step as a person would, up to the first that `until` says, or that is nobody's to do. */
  walk(id: string, until?: (step: { id: string; kind: string }) => boolean): Promise<Onboarding>;
}

/** Speaks HTTP with the server of an environment, as the simulated person. */
export function createPublicApi({ record, simulators }: RestoredRelease, key: string): PublicApi {
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const sent = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(new URL(path, record.publicUrl), sent);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${String(response.status)}: ${text}`);
    return JSON.parse(text);
  };
  const onboarding = async (id: string): Promise<Onboarding> =>
    onboardingSchema.parse(await call(`/v1/onboardings/${encodeURIComponent(id)}`));
  const settled = (id: string): Promise<Onboarding> =>
    eventually(
      () => onboarding(id),
      ({ status, waitingFor }) =>
        status !== 'running' || ['portal', 'consent', 'review'].includes(waitingFor?.step.kind ?? ''),
    );
  return {
    onboarding,
    token: async (platform, owner) => tokenSchema.parse(await call(`/v1/tokens/${platform}?owner=${owner}`)),
    startOnboarding: async (platform, owner) =>
      onboardingSchema.parse(await call('/v1/onboardings', { platform, owner })),
    walk: async (id, until = () => false) => {
      const answers = simulators.platforms.get(id.split('~')[1] ?? '')?.answers();
      const visit: ConsentVisit = answers?.consent ?? {};
      for (;;) {
        const state = await settled(id);
        const { step, consentLink } = state.waitingFor ?? {};
        if (step === undefined || until(step) || step.kind === 'review') return state;
        if (step.kind === 'consent') {
          const page = await visitConsentPage(consentLink ?? '', visit);
          if (page.status !== 200) throw new Error(`${step.id}: ${page.text}`);
          await eventually(
            () => onboarding(id),
            ({ waitingFor }) => waitingFor?.step.id !== step.id,
          );
          continue;
        }
        await call(`/v1/onboardings/${encodeURIComponent(id)}/steps/${step.id}`, { values: answers?.steps[step.id] });
      }
    },
  };
}
