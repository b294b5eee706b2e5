import fc from 'fast-check';
import { z } from 'zod';
import type { ApiDocument, Schema } from './api-document.ts';
import { hostileText, hostileValue, inheritedNames } from './hostile-values.ts';

const schemas = z.record(z.string(), z.unknown());
const keywords = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  anyOf: z.array(schemas).optional(),
  oneOf: z.array(schemas).optional(),
  properties: z.record(z.string(), schemas).optional(),
  required: z.array(z.string()).default([]),
  additionalProperties: z.union([z.boolean(), schemas]).optional(),
  items: schemas.optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
type Keywords = z.infer<typeof keywords>;

/** Values that lead somewhere, by the names of the fields that they fit. */
export type KnownValues = Readonly<Record<string, readonly string[]>>;

/** Makes values by the schemas of a document. */
export interface SchemaInputs {
  /** Values that fit a schema; those of a known name lead somewhere most of the time. */
  valid(schema: Schema, name?: string): fc.Arbitrary<unknown>;
  /** Values that fit but for one place. */
  almost(schema: Schema, name?: string): fc.Arbitrary<unknown>;
}

/** By a document and what is known of the service behind it. */
export function createSchemaInputs(document: Pick<ApiDocument, 'resolve'>, known: KnownValues): SchemaInputs {
  const valid = (schema: Schema, name?: string): fc.Arbitrary<unknown> => {
    const words = keywords.parse(document.resolve(schema));
    const made = byKeywords(words);
    const leading = name === undefined ? undefined : known[name];
    return leading === undefined ? made : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...leading) }, made);
  };
  const byKeywords = (words: Keywords): fc.Arbitrary<unknown> => {
    const options = words.anyOf ?? words.oneOf;
    if (options !== undefined) return fc.oneof(...options.map((option) => valid(option)));
    if (words.enum !== undefined) return fc.constantFrom(...words.enum);
    if (words.const !== undefined) return fc.constant(words.const);
    const types = typeof words.type === 'string' ? [words.type] : (words.type ?? ['string']);
    return fc.oneof(...types.map((type) => byType(type, words)));
  };
  const byType = (type: string, words: Keywords): fc.Arbitrary<unknown> => {
    switch (type) {
      case 'object':
        return objectOf(words);
      case 'array':
        return fc.array(valid(words.items ?? {}), { maxLength: 4 });
      case 'integer':
        return fc.integer(rangeOf(words));
      case 'number':
        return fc.oneof(fc.integer(rangeOf(words)), fc.double({ ...rangeOf(words), noNaN: true }));
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        return textOf(words);
    }
  };
  const objectOf = (words: Keywords): fc.Arbitrary<unknown> => {
    const properties = Object.entries(words.properties ?? {});
    const named = fc.record(Object.fromEntries(properties.map(([name, schema]) => [name, valid(schema, name)])), {
      requiredKeys: words.required.filter((name) => properties.some(([known]) => known === name)),
    });
    if (typeof words.additionalProperties !== 'object') return named;
    const names = known['field'] ?? [];
    const key = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('a', ...names));
    const more = fc.dictionary(key, valid(words.additionalProperties), { maxKeys: 4 });
    return fc.tuple(named, more).map(([first, second]) => ({ ...second, ...first }));
  };
  const almost = (schema: Schema, name?: string): fc.Arbitrary<unknown> => {
    const words = keywords.parse(document.resolve(schema));
    const isObject = words.type === 'object';
    return isObject ? valid(schema, name).chain((value) => withOneWrong(value)) : hostileValue;
  };
  return { valid, almost };
}

function rangeOf({ minimum, maximum }: Keywords): { min: number; max: number } {
  const bound = 2 ** 31 - 1;
  return { min: Math.max(minimum ?? -bound, -bound), max: Math.min(maximum ?? bound, bound) };
}

function textOf({ format, pattern, minLength, maxLength }: Keywords): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'base64')
    return fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64'));
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const texts = fc.oneof(fc.string({ maxLength: 20 }), hostileText);
  return texts.filter(({ length }) => length >= (minLength ?? 0) && length <= (maxLength ?? Infinity));
}

/** One field replaced, taken away, or added under a name that objects have already. */
function withOneWrong(value: unknown): fc.Arbitrary<unknown> {
  const object = schemas.parse(value);
  const added = fc.oneof(fc.constantFrom(...inheritedNames), hostileText);
  const names = Object.keys(object);
  const one = names.length === 0 ? added : fc.oneof(fc.constantFrom(...names), added);
  const replaced = fc.tuple(one, hostileValue).map(([name, wrong]) => withOwn(object, name, wrong));
  const taken = one.map((name) => Object.fromEntries(Object.entries(object).filter(([other]) => other !== name)));
  return fc.oneof({ weight: 3, arbitrary: replaced }, { weight: 1, arbitrary: taken });
}

/** As the object's own field, whatever its name: assigning to `__proto__` would not make one. */
function withOwn(object: Readonly<Record<string, unknown>>, name: string, value: unknown): object {
  return Object.fromEntries([...Object.entries(object), [name, value]]);
}
