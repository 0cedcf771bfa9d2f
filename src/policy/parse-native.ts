/** A document of Kubernetes' own policy kinds -> what the API server would store of it, or everything it would refuse. */

import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Value } from '../cel/value.ts';
import type { NativeDocument, NativeSource } from './native.ts';
import { nativeRuleProblems } from './native-rules.ts';
import { nativeSchema } from './native-schema.ts';
import { formatPath } from './path.ts';
import { inOrder, type Problem } from './problem.ts';
import { compileSchema, schemaErrors } from './schema-errors.ts';
import { schemaProblems } from './schema-problems.ts';
import type { YamlDocument } from './yaml-document.ts';

export interface ParsedNative {
  readonly natives: readonly NativeSource[];
  readonly problems: readonly Problem[];
}

const KIND = /^(Validating|Mutating)AdmissionPolicy(Binding)?$/;

/** True for a document that says to be a native policy or binding, of whatever version. */
export function isNativeKind(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind } = value as { readonly kind?: Value };
  return typeof kind === 'string' && KIND.test(kind);
}

/** Reads one such document; nulls count as left out, as they do for the API server. */
export function parseNative(document: YamlDocument, file: string): ParsedNative {
  const value = withoutNulls(document.value) as unknown as NativeDocument;
  const validate = validatorOf(String(value.apiVersion), value.kind);
  if (validate === undefined) {
    const message = `${value.kind} has no version ${value.apiVersion ?? '(apiVersion is missing)'}`;
    const problem = { file, ...document.locate(['apiVersion']), message, hint: HINT };
    return { natives: [], problems: [problem] };
  }
  if (!validate(value)) {
    return { natives: [], problems: schemaProblems(schemaErrors(validate.errors), document, file) };
  }
  const problems = ruleProblems(value, document, file);
  if (problems.length > 0) return { natives: [], problems };
  const source = { document: value, file, locate: document.locate };
  return { natives: [source], problems };
}

const validators = new Map<string, ValidateFunction>();

function validatorOf(apiVersion: string, kind: string): ValidateFunction | undefined {
  const name = `${apiVersion} ${kind}`;
  const known = validators.get(name);
  if (known !== undefined) return known;
  const schema = nativeSchema(apiVersion, kind);
  if (schema === undefined) return undefined;
  const validate = compileSchema(schema);
  validators.set(name, validate);
  return validate;
}

const HINT = 'known: admissionregistration.k8s.io/v1, v1beta1 and v1alpha1';

function ruleProblems(value: NativeDocument, document: YamlDocument, file: string): readonly Problem[] {
  const problems = nativeRuleProblems(value).map(({ path, message, hint }) => ({
    file,
    ...document.locate(path),
    path: formatPath(path),
    message,
    ...(hint !== undefined && { hint }),
  }));
  return inOrder(problems);
}

function withoutNulls(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member as Value)]));
}
