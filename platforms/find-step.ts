import type { Platform, StepDefinition } from './platform.ts';

type StepOfKind<Kind extends StepDefinition['kind']> = Extract<StepDefinition, { kind: Kind }>;

/** The step of a platform with this id and kind, exactly typed. Throws when the platform has none. */
export function findStep<Kind extends StepDefinition['kind']>(
  platform: Platform,
  kind: Kind,
  id: string,
): StepOfKind<Kind> {
  const isWanted = (step: StepDefinition): step is StepOfKind<Kind> => step.kind === kind && step.id === id;
  const found = platform.steps.find(isWanted);
  if (found === undefined) throw new Error(`${platform.name} has no step "${id}" of the kind ${kind}.`);
  return found;
}
