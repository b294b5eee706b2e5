import type { Option, Step, StepOutcome } from '../model/portal-step.ts';

/** Somebody said that consent is given; only the callback can say that. */
export function consentIsGivenInBrowser(link: string): StepOutcome {
  const remedy = 'Open the consent link in a browser and agree there; the callback tells the connector by itself.';
  return { outcome: 'refused', remedy: { cause: 'Consent was not given yet.', remedy, link } };
}

export function optionIsMissing(options: readonly Option[] | null): StepOutcome {
  const offered = options?.map((option) => `${option.id} (${option.name})`).join(', ') ?? '';
  const remedy = `Say which one, as option: ${offered}.`;
  return { outcome: 'refused', field: 'option', remedy: { cause: 'None was chosen.', remedy } };
}

/** What was said is about another step than the one that is waited for. */
export function notNow(said: string, waiting: Step): StepOutcome {
  const cause = `${said} is not what this onboarding waits for.`;
  const remedy = `It waits for ${waiting.id} (${waiting.title}): do that first.`;
  return { outcome: 'refused', remedy: { cause, remedy } };
}
