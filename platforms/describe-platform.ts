import type { PlatformDescription } from '../model/platform.ts';
import type { Step } from '../model/portal-step.ts';
import type { Platform, StepDefinition } from './platform.ts';

/** Stands in instructions for the redirect URI of the environment, which a person must register to the letter. */
export const redirectUriPlaceholder = '{redirectUri}';

/** A platform as plain data that survives JSON, its instructions with the redirect URI of this environment. */
export function describePlatform(platform: Platform, redirectUri: string): PlatformDescription {
  const { id, name, answersFor, refreshPolicy } = platform;
  const steps = platform.steps.map((step) => describeStep(step, redirectUri));
  return { id, name, answersFor: [...answersFor], steps, refreshPolicy: { ...refreshPolicy } };
}

function describeStep(step: StepDefinition, redirectUri: string): Step {
  const { id, title } = step;
  const instructions = step.instructions.map((text) => text.replaceAll(redirectUriPlaceholder, redirectUri));
  switch (step.kind) {
    case 'portal':
      return {
        kind: step.kind,
        id,
        title,
        instructions,
        link: step.link,
        fields: step.fields.map((field) => ({ ...field })),
      };
    case 'review':
      return {
        kind: step.kind,
        id,
        title,
        instructions,
        link: step.link,
        pack: step.pack.map(({ title: part, items }) => ({
          title: part,
          items: items.map((item) => item.replaceAll(redirectUriPlaceholder, redirectUri)),
        })),
        remindAfterDays: step.remindAfterDays,
      };
    case 'consent':
    case 'choice':
    case 'activate':
    case 'automatic':
      return { kind: step.kind, id, title, instructions };
  }
}
