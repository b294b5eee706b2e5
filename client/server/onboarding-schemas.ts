import { z } from '@hono/zod-openapi';
import { namePattern } from './onboarding-address.ts';

const remedy = z.object({ cause: z.string(), remedy: z.string(), link: z.string().optional() });

const stepBase = { id: z.string(), title: z.string(), instructions: z.array(z.string()).readonly() };

const field = z.object({
  name: z.string(),
  label: z.string(),
  secret: z.boolean(),
  required: z.boolean(),
  pattern: z.string().optional(),
  example: z.string().optional(),
  default: z.string().optional(),
  choices: z.array(z.string()).readonly().optional(),
});

const step = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('portal'), ...stepBase, link: z.string(), fields: z.array(field).readonly() }),
  z.object({ kind: z.literal('consent'), ...stepBase }),
  z.object({ kind: z.literal('choice'), ...stepBase }),
  z.object({
    kind: z.literal('review'),
    ...stepBase,
    link: z.string(),
    pack: z.array(z.object({ title: z.string(), items: z.array(z.string()).readonly() })).readonly(),
    remindAfterDays: z.number(),
  }),
  z.object({ kind: z.literal('activate'), ...stepBase }),
  z.object({ kind: z.literal('automatic'), ...stepBase }),
]);

const option = z.object({ id: z.string(), name: z.string(), unavailable: z.string().optional() });

const waitingFor = z.object({
  step,
  since: z.string(),
  until: z.string().nullable(),
  consentLink: z.string().nullable(),
  options: z.array(option).readonly().nullable(),
  known: z.array(z.string()).readonly(),
  because: remedy.nullable(),
  review: z
    .object({
      phase: z.enum(['to_submit', 'submitted']),
      submittedAt: z.string().nullable(),
      rejections: z.array(z.object({ at: z.string(), reason: z.string() })).readonly(),
    })
    .nullable(),
});

export const onboardingSchema = z
  .object({
    id: z.string().openapi({ description: '`owner~platform~label`', example: 'default~youtube~main' }),
    onboardingId: z
      .string()
      .openapi({ description: 'The id of the workflow', example: 'onboarding/default/youtube/main' }),
    connectionId: z.string().nullable(),
    owner: z.string(),
    platform: z.string(),
    label: z.string(),
    status: z.enum(['running', 'completed', 'abandoned']),
    waitingFor: waitingFor.nullable(),
    steps: z
      .array(
        z.object({
          id: z.string(),
          kind: z.enum(['portal', 'consent', 'choice', 'review', 'activate', 'automatic']),
          title: z.string(),
          state: z.enum(['done', 'waiting', 'to_do', 'skipped']),
          doneAt: z.string().nullable(),
        }),
      )
      .readonly(),
    refusal: z.object({ step: z.string(), field: z.string().nullable(), remedy, at: z.string() }).nullable(),
  })
  .openapi('Onboarding');

export const startOnboardingSchema = z
  .object({
    platform: z.string().min(1).openapi({ example: 'youtube' }),
    owner: z.string().regex(namePattern).default('default'),
    label: z
      .string()
      .regex(namePattern)
      .default('main')
      .openapi({ description: 'Tells two onboardings of one platform apart while they run' }),
    connectionId: z.uuid().optional().openapi({ description: 'Consent again for a connection that exists' }),
  })
  .openapi('StartOnboarding');

export const stepDoneSchema = z
  .object({
    values: z.record(z.string(), z.string().max(8192)).optional(),
    secrets: z
      .record(z.string(), z.string().max(8192))
      .optional()
      .openapi({ description: 'Sealed at once; they never enter the history of a workflow' }),
    option: z.string().max(256).optional().openapi({ description: 'At a choice: the id of the chosen option' }),
  })
  .openapi('StepDone');

export const onboardingParameters = z.object({
  id: z
    .string()
    .max(256)
    .openapi({
      param: { name: 'id', in: 'path' },
      description: '`owner~platform~label`, as `id` says it',
      example: 'default~youtube~main',
    }),
});

export const stepParameters = onboardingParameters.extend({
  step: z
    .string()
    .max(64)
    .openapi({ param: { name: 'step', in: 'path' } }),
});
