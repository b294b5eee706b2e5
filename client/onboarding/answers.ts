import { z } from 'zod';

const values = z.record(z.string(), z.string());

const answersSchema = z.strictObject({
  /** Field values by the id of the step and the name of the field. */
  steps: z.record(z.string(), values).default({}),
  consent: z
    .strictObject({
      account: z.string().optional(),
      approve: z.boolean().optional(),
      scopes: z.array(z.string()).optional(),
    })
    .default({}),
  /** The id of the option to take, by the id of the choice step. */
  choices: values.default({}),
  /** The platform's verdict, by the id of the review step. */
  reviews: z
    .record(z.string(), z.strictObject({ decision: z.enum(['approved', 'rejected']), reason: z.string().optional() }))
    .default({}),
});

/** What a person would bring back from the portal and decide on the way, all at once. */
export type Answers = z.infer<typeof answersSchema>;

/** Something in the answers is not as it should be; the message says where and what, never a value. */
export class AnswersError extends Error {
  override readonly name = 'AnswersError';
}

/** Checks answers; `source` says in the message where they come from. Throws AnswersError. */
export function parseAnswers(text: string, source: string): Answers {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AnswersError(`${source} is no JSON. It looks like ${exampleOfAnswers}`);
  }
  const parsed = answersSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`);
  throw new AnswersError(`${source} cannot be used: ${problems.join('; ')}. It looks like ${exampleOfAnswers}`);
}

const exampleOfAnswers =
  '{"steps": {"STEP": {"FIELD": "value"}}, "consent": {"account": "…"}, "choices": {"STEP": "OPTION"}}';
