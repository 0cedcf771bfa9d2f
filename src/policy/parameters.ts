/** Parameters of a policy: the author's JSON Schema, the user's values, and the `params` they make. */
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonMap, Value } from '../cel/value.ts';
import { errorMessage } from './problem.ts';
import { compileSchema, type SchemaError, schemaErrors } from './schema-errors.ts';

export type Binding =
  | { readonly ok: true; readonly params: JsonMap }
  /** `of: 'schema'`: the author's schema is no schema; `'given'`: the user's values do not fit it. */
  | { readonly ok: false; readonly of: 'schema' | 'given'; readonly errors: readonly SchemaError[] };

/**
 * Fills the schema's defaults into the given values and checks the whole; the result is new and deeply frozen. A key
 * that the schema does not name is an error unless the schema says how it takes such keys.
 */
export function bindParameters(schema: JsonMap | undefined, given: JsonMap = {}): Binding {
  let validate: ValidateFunction;
  try {
    validate = compileSchema(parametersSchema(schema));
  } catch (error) {
    return {
      ok: false,
      of: 'schema',
      errors: [{ path: [], surplus: false, message: `is no JSON Schema: ${errorMessage(error)}` }],
    };
  }
  const params = structuredClone(given) as JsonMap;
  if (!validate(params)) return { ok: false, of: 'given', errors: schemaErrors(validate.errors) };
  return { ok: true, params: frozen(params) };
}

const COMPOSITIONS = ['additionalProperties', 'unevaluatedProperties', 'allOf', 'anyOf', 'oneOf', '$ref', 'if'];

/** The schema that values are checked against: of an object, closed unless the author says otherwise. */
export function parametersSchema(schema: JsonMap = {}): JsonMap {
  const open = COMPOSITIONS.some((keyword) => Object.hasOwn(schema, keyword));
  return { type: 'object', ...(open ? {} : { additionalProperties: false }), ...schema };
}

/** The same value, frozen through and through. */
export function frozen<T extends Value>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) frozen(member as Value);
  return Object.freeze(value);
}
