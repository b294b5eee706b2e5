import type { Field, StepOutcome } from '../model/portal-step.ts';

/**
 * The first check of what a person brought back, before the platform is asked: null when its shape is right. `sent` are
 * the values that came in the message, `given` these and what the row knows already.
 */
export function refuseShape(
  fields: readonly Field[],
  sent: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): StepOutcome | null {
  for (const name of Object.keys(sent)) {
    const field = fields.find((one) => one.name === name);
    if (field === undefined) return refused(name, `This step has no field ${name}.`, fieldsOf(fields));
    if (field.secret) return secretInMessage(field);
  }
  for (const field of fields) {
    const problem = problemOf(field, given[field.name]);
    if (problem !== null) return refused(field.name, `${field.label} ${problem}.`, hintOf(field));
  }
  return null;
}

function problemOf(field: Field, value: string | undefined): string | null {
  if (value === undefined || value === '') return field.required ? 'is missing' : null;
  if (field.choices !== undefined && !field.choices.includes(value)) return `is none of ${field.choices.join(', ')}`;
  if (field.pattern !== undefined && !new RegExp(`^(?:${field.pattern})$`, 'u').test(value)) {
    return 'does not look right: it may be cut off, or be another value of the same page';
  }
  return null;
}

/** The value is in Temporal's history by now, so it counts as seen by everybody who can read that. */
function secretInMessage(field: Field): StepOutcome {
  return refused(
    field.name,
    `${field.label} is secret and came in a message, which Temporal keeps in its history.`,
    `Make a new one in the portal, and give it with: connector done PLATFORM STEP --secret ${field.name}=@FILE.`,
  );
}

function hintOf(field: Field): string {
  const example = field.example === undefined ? '' : ` It looks like ${field.example}.`;
  return `Copy it once more from the portal.${example}`;
}

function fieldsOf(fields: readonly Field[]): string {
  if (fields.length === 0) return 'Say just that it is done.';
  return `Its fields: ${fields.map((field) => field.name).join(', ')}.`;
}

function refused(field: string, cause: string, remedy: string): StepOutcome {
  return { outcome: 'refused', field, remedy: { cause, remedy } };
}
