/** ajv as this product uses it, and its errors in the words of this product. */
import type { AnySchemaObject, ErrorObject, Options, ValidateFunction } from 'ajv/dist/2020.js';
import { ajv } from './libraries.ts';
import type { Path } from './path.ts';
import { didYouMean } from './suggest.ts';

/** One thing that a value has against its schema. */
export interface SchemaError {
  /** Of the value, or of the surplus or missing key itself. */
  readonly path: Path;
  /** True where the path's last step is a key that should not be there. */
  readonly surplus: boolean;
  readonly message: string;
  readonly hint?: string;
}

// The meta-schema is left out, a quarter of the time that all policies take to load: each keyword checks its own value all
// the same.
const OPTIONS: Options = {
  allErrors: true,
  meta: false,
  validateSchema: false,
  code: { optimize: false },
  verbose: true,
  useDefaults: true,
  strictTypes: false,
  strictRequired: false,
  logger: false,
  keywords: [
    { keyword: 'x-kubernetes-preserve-unknown-fields', schemaType: 'boolean' },
    // For the CustomResourceDefinitions that are made from the same schemas.
    { keyword: 'x-kubernetes-list-type', schemaType: 'string' },
    { keyword: 'x-kubernetes-list-map-keys', schemaType: 'array' },
  ],
};

/** Compiles a schema of ours or a policy author's; throws with ajv's reason where it is no valid schema. */
export function compileSchema(schema: object): ValidateFunction {
  // An instance each: ajv never forgets what it has compiled, so a shared one would grow with every reload of policies, and
  // would not take one `$id` twice.
  const { Ajv2020 } = ajv();
  return new Ajv2020(OPTIONS).compile(schema as AnySchemaObject);
}

/** The errors of the last run of a validator, each at its path; `if`, `anyOf`… speak through what they hold. */
export function schemaErrors(errors: readonly ErrorObject[] | null | undefined): readonly SchemaError[] {
  return (errors ?? []).map((error) => describe(error, fromPointer(error)));
}

function describe(error: ErrorObject, path: Path): SchemaError {
  const { keyword, params, schema, data } = error;
  switch (keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownKey(error, path);
    case 'required':
      return { path, surplus: false, message: `"${params['missingProperty']}" is missing` };
    case 'type':
      return {
        path,
        surplus: false,
        message: `must be ${[schema].flat().join(' or ')}, is ${typeName(data)}`,
        ...(schema === 'string' && typeof data !== 'object' && { hint: 'put it in quotes' }),
      };
    case 'enum':
      return {
        path,
        surplus: false,
        message: `must be one of ${listed(schema)}, is ${quoted(data)}`,
        ...hint(data, schema),
      };
    case 'const':
      return { path, surplus: false, message: `must be ${quoted(schema)}, is ${quoted(data)}` };
    case 'pattern':
      return {
        path,
        surplus: false,
        message: `${quoted(data)} does not match ${schema}`,
        ...suchAs(error.parentSchema),
      };
    case 'minLength':
    case 'minItems':
      if (schema === 1) return { path, surplus: false, message: 'must not be empty' };
      break;
  }
  return { path, surplus: false, message: error.message ?? keyword };
}

function unknownKey(error: ErrorObject, path: Path): SchemaError {
  const key = String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty']);
  const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
  const suggestion = didYouMean(key, known) ?? (known.length > 0 ? `known: ${known.join(', ')}` : undefined);
  return {
    path: [...path, key],
    surplus: true,
    message: `unknown field "${key}"`,
    ...(suggestion && { hint: suggestion }),
  };
}

/** The instance path as steps: a step into an array is a number, whatever it looks like elsewhere. */
function fromPointer(error: ErrorObject): Path {
  return error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^(0|[1-9]\d*)$/.test(step) ? Number(step) : step));
}

/** A value that would do: few read a regular expression. */
function suchAs(schema: AnySchemaObject | undefined): { readonly hint?: string } {
  const examples: unknown = schema?.['examples'];
  const example: unknown = Array.isArray(examples) ? examples[0] : schema?.['default'];
  return typeof example === 'string' && example !== '' ? { hint: `such as ${example}` } : {};
}

function hint(data: unknown, choices: unknown): { readonly hint?: string } {
  if (typeof data !== 'string' || !Array.isArray(choices)) return {};
  const suggestion = didYouMean(data, choices.map(String));
  return suggestion ? { hint: suggestion } : {};
}

function listed(values: unknown): string {
  return Array.isArray(values) ? values.join(', ') : String(values);
}

/** Short enough for a message; long values are cut. */
function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}
