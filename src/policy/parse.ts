/** Text of a policy file -> policies that fit their schema, and everything that is wrong, each with its place. */
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonMap, Value } from '../cel/value.ts';
import { type ExceptionSource, isException, parseException } from './exception.ts';
import type { NativeSource } from './native.ts';
import { isNativeKind, parseNative } from './parse-native.ts';
import type { Path } from './path.ts';
import type { Policy } from './policy.ts';
import type { Position, Problem } from './problem.ts';
import { policySchema } from './schema.ts';
import { compileSchema, schemaErrors } from './schema-errors.ts';
import { schemaProblems } from './schema-problems.ts';
import { readDocuments, type YamlDocument } from './yaml-document.ts';

export interface PolicySource {
  readonly policy: Policy;
  readonly file: string;
  /** What is known of a policy that has been compiled before without a problem. */
  readonly checked?: CheckedPolicy;
  /**
   * Position of the value at `path` (of its nearest ancestor where it is left out); with `offset`, of that character of
   * the string there.
   */
  locate(path: Path, offset?: number): Position | undefined;
}

/** What compiling a policy has found out, so that it need not be done whole again. */
export interface CheckedPolicy {
  /** The parameters without settings, frozen. */
  readonly defaults: JsonMap;
  /** Variables that its expressions read, and what they look up. */
  readonly reads: readonly string[];
  readonly lookups: readonly { readonly apiVersion: string; readonly resource: string }[];
  /** Of each validation, without settings: what an object needs to have for it to be evaluated. */
  readonly triggers: readonly (readonly (readonly string[])[])[];
  /** What one needs to have for the matchConditions to be true. */
  readonly conditions: readonly (readonly string[])[];
  /** Whether what comes before the validations has an answer for every Pod. */
  readonly quiet: boolean;
}

export interface ParsedPolicies {
  readonly sources: readonly PolicySource[];
  /** Policies and bindings of Kubernetes itself. */
  readonly natives: readonly NativeSource[];
  readonly exceptions: readonly ExceptionSource[];
  readonly problems: readonly Problem[];
}

/** Reads the policies, and the exceptions to them, of a YAML or JSON file with any number of documents or a List. A bad document never hides a good one. */
export function parsePolicies(text: string, file: string): ParsedPolicies {
  const { documents, problems } = readDocuments(text, file);
  const parsed = documents.flatMap(itemsOf).map((document) => parseDocument(document, file));
  return {
    sources: parsed.flatMap((one) => one.sources ?? []),
    natives: parsed.flatMap((one) => one.natives ?? []),
    exceptions: parsed.flatMap((one) => one.exceptions ?? []),
    problems: [...problems, ...parsed.flatMap((one) => one.problems)],
  };
}

/** The items of a List, as kubectl and `tidegate export` print several objects; any other document as it is. */
function itemsOf(document: YamlDocument): readonly YamlDocument[] {
  const { apiVersion, kind, items } = (document.value ?? {}) as Partial<Record<string, Value>>;
  if (apiVersion !== 'v1' || kind !== 'List' || !Array.isArray(items)) return [document];
  return items.map((value, index) => ({
    value,
    locate: (path, offset) => document.locate(['items', index, ...path], offset),
    locateKey: (path) => document.locateKey(['items', index, ...path]),
  }));
}

let validatePolicy: ValidateFunction | undefined;

type ParsedDocument = Pick<ParsedPolicies, 'problems'> & Partial<ParsedPolicies>;

/** Reads one document that may be a policy, one of Kubernetes itself, or an exception. */
export function parseDocument(document: YamlDocument, file: string): ParsedDocument {
  if (isNativeKind(document.value)) return parseNative(document, file);
  if (isException(document.value)) return parseException(document, file);
  const foreign = foreignKind(document.value);
  if (foreign) return { problems: [{ file, ...document.locateKey(['kind']), ...foreign }] };
  validatePolicy ??= compileSchema(policySchema);
  if (!validatePolicy(document.value)) {
    return { problems: schemaProblems(schemaErrors(validatePolicy.errors), document, file) };
  }
  const policy = document.value as unknown as Policy;
  const source = { policy, file, locate: (path: Path, offset?: number) => document.locate(path, offset) };
  return { sources: [source], problems: [] };
}

function foreignKind(value: Value): { readonly message: string; readonly hint?: string } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { message: 'is not a Policy' };
  const { apiVersion, kind } = value as { readonly apiVersion?: Value; readonly kind?: Value };
  if (kind === 'Policy' && typeof apiVersion === 'string' && apiVersion.startsWith('tidegate.dev/')) return undefined;
  const hint = 'a policy has apiVersion: tidegate.dev/v1alpha1 and kind: Policy, or is one of Kubernetes itself';
  return { message: `is not a Policy: apiVersion ${apiVersion ?? 'missing'}, kind ${kind ?? 'missing'}`, hint };
}
