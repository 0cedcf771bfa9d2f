/** Text of a policy file -> policies that fit their schema, and everything that is wrong, each with its place. */
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Value } from '../cel/value.ts';
import type { Path } from './path.ts';
import { formatPath } from './path.ts';
import type { Policy } from './policy.ts';
import { inOrder, type Position, type Problem } from './problem.ts';
import { policySchema } from './schema.ts';
import { compileSchema, type SchemaError, schemaErrors } from './schema-errors.ts';
import { readDocuments, type YamlDocument } from './yaml-document.ts';

export interface PolicySource {
  readonly policy: Policy;
  readonly file: string;
  /**
   * Position of the value at `path` (of its nearest ancestor where it is left out); with `offset`, of that character of
   * the string there.
   */
  locate(path: Path, offset?: number): Position | undefined;
}

export interface ParsedPolicies {
  readonly sources: readonly PolicySource[];
  readonly problems: readonly Problem[];
}

/** Reads the policies of a YAML or JSON file with any number of documents. A bad document never hides a good one. */
export function parsePolicies(text: string, file: string): ParsedPolicies {
  const { documents, problems } = readDocuments(text, file);
  const parsed = documents.map((document) => parseDocument(document, file));
  return {
    sources: parsed.flatMap((one) => one.sources),
    problems: [...problems, ...parsed.flatMap((one) => one.problems)],
  };
}

const NATIVE = /^(Validating|Mutating)AdmissionPolicy(Binding)?$/;

let validatePolicy: ValidateFunction | undefined;

function parseDocument(document: YamlDocument, file: string): ParsedPolicies {
  const foreign = foreignKind(document.value);
  if (foreign) return { sources: [], problems: [{ file, ...document.locateKey(['kind']), ...foreign }] };
  validatePolicy ??= compileSchema(policySchema);
  if (!validatePolicy(document.value)) {
    return { sources: [], problems: schemaProblems(schemaErrors(validatePolicy.errors), document, file) };
  }
  const policy = document.value as unknown as Policy;
  return { sources: [{ policy, file, locate: (path, offset) => document.locate(path, offset) }], problems: [] };
}

function foreignKind(value: Value): { readonly message: string; readonly hint?: string } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { message: 'is not a Policy' };
  const { apiVersion, kind } = value as { readonly apiVersion?: Value; readonly kind?: Value };
  if (kind === 'Policy' && typeof apiVersion === 'string' && apiVersion.startsWith('tidegate.dev/')) return undefined;
  if (typeof kind === 'string' && NATIVE.test(kind)) return { message: `not read yet: ${kind}` };
  const hint = 'a policy has apiVersion: tidegate.dev/v1alpha1 and kind: Policy';
  return { message: `is not a Policy: apiVersion ${apiVersion ?? 'missing'}, kind ${kind ?? 'missing'}`, hint };
}

/** Schema errors as problems at their place in a document, in its order. */
export function schemaProblems(
  errors: readonly SchemaError[],
  document: YamlDocument,
  file: string,
): readonly Problem[] {
  const problems = errors.map((error) => ({
    file,
    ...(error.surplus ? document.locateKey(error.path) : document.locate(error.path)),
    path: formatPath(error.surplus ? error.path.slice(0, -1) : error.path),
    message: error.message,
    ...(error.hint && { hint: error.hint }),
  }));
  return inOrder(problems);
}
