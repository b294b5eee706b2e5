import { parse, type HTMLElement } from 'node-html-parser';

/** How the person fills in a form. */
export interface FormChoices {
  readonly approve: boolean;
  /** What to choose among radio buttons, boxes or options, by the name of the group. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
}

/** A form, filled in. */
export interface Submission {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly fields: URLSearchParams;
}

/**
 * Fills in the page's consent form: the one marked `data-consent`, whose buttons are named `decision` with the values
 * `approve` and `deny`. Groups that were given choices get these (by value, or by the last segment of a value that is a
 * URL); of the others all boxes are ticked when approving and a radio button or option stays as the page shows it. Null:
 * the page has no such form. Throws when it does not offer what was chosen.
 */
export function fillConsentForm(html: string, pageUrl: URL, wish: FormChoices): Submission | null {
  const form = parse(html).querySelector('form[data-consent]');
  if (form === null) return null;
  const fields = new URLSearchParams();
  for (const input of form.querySelectorAll('input')) addPlainInput(fields, input);
  for (const [name, group] of groupsOf(form)) {
    for (const value of chosenValues(name, group, wish)) fields.append(name, value);
  }
  const decision = wish.approve ? 'approve' : 'deny';
  const button = form.querySelector(`button[name="decision"][value="${decision}"]`);
  if (button === null) throw new Error(`The page at ${pageUrl.host} has no button to ${decision} with.`);
  fields.append('decision', decision);
  // A form without an action submits to the page's own address, query included.
  const url = new URL(form.getAttribute('action') ?? pageUrl.href, pageUrl);
  return { method: form.getAttribute('method')?.toUpperCase() === 'POST' ? 'POST' : 'GET', url, fields };
}

interface Choice {
  readonly kind: 'radio' | 'checkbox' | 'option';
  readonly value: string;
  readonly preset: boolean;
}

const groupedTypes = ['radio', 'checkbox'];

function addPlainInput(fields: URLSearchParams, input: HTMLElement): void {
  const name = input.getAttribute('name');
  const type = input.getAttribute('type') ?? 'text';
  if (name === undefined || groupedTypes.includes(type) || type === 'submit') return;
  fields.append(name, input.getAttribute('value') ?? '');
}

function groupsOf(form: HTMLElement): Map<string, Choice[]> {
  const groups = new Map<string, Choice[]>();
  const add = (name: string | undefined, choice: Choice): void => {
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), choice]);
  };
  for (const input of form.querySelectorAll('input')) {
    const kind = input.getAttribute('type');
    if ((kind !== 'radio' && kind !== 'checkbox') || input.hasAttribute('disabled')) continue;
    const preset = input.hasAttribute('checked');
    add(input.getAttribute('name'), { kind, value: input.getAttribute('value') ?? 'on', preset });
  }
  for (const select of form.querySelectorAll('select')) {
    for (const option of select.querySelectorAll('option')) {
      const value = option.getAttribute('value') ?? option.text;
      add(select.getAttribute('name'), { kind: 'option', value, preset: option.hasAttribute('selected') });
    }
  }
  return groups;
}

function chosenValues(name: string, group: readonly Choice[], wish: FormChoices): readonly string[] {
  const wanted = wish.choices[name];
  if (wanted !== undefined) return wanted.map((value) => findChoice(name, group, value));
  const boxes = group.filter(({ kind }) => kind === 'checkbox');
  if (boxes.length > 0) return boxes.filter(({ preset }) => wish.approve || preset).map(({ value }) => value);
  const preset = group.find((choice) => choice.preset) ?? group.at(0);
  return preset === undefined ? [] : [preset.value];
}

function findChoice(name: string, group: readonly Choice[], wanted: string): string {
  const found = group.find(({ value }) => value === wanted || value.split('/').at(-1) === wanted);
  if (found !== undefined) return found.value;
  throw new Error(`The page offers no ${name} '${wanted}'. It offers: ${group.map(({ value }) => value).join(', ')}.`);
}
