/** The PolicyException resource: who may break which policies, until when, and why. See docs/exceptions.md. */
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Value } from '../cel/value.ts';
import type { Path } from './path.ts';
import type { LabelSelector } from './policy.ts';
import type { Position, Problem } from './problem.ts';
import { LABEL_SELECTOR } from './schema.ts';
import { compileSchema, schemaErrors } from './schema-errors.ts';
import { schemaProblems } from './schema-problems.ts';
import type { YamlDocument } from './yaml-document.ts';

/** Of objects in its own namespace only. */
export interface PolicyException {
  readonly apiVersion: 'tidegate.dev/v1alpha1';
  readonly kind: 'PolicyException';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly policies: readonly ExemptedPolicy[];
    /** Which objects; all of the namespace where it is left out. What is given must all hold. */
    readonly match?: ExceptionMatch;
    readonly reason: string;
    readonly owner: string;
    /** RFC 3339. From then on it does not count. */
    readonly expiresAt: string;
  };
}

export interface ExemptedPolicy {
  readonly name: string;
  /** All of its rules where it is left out. */
  readonly rules?: readonly string[];
}

export interface ExceptionMatch {
  readonly kinds?: readonly string[];
  /** Names, `*` for any letters. */
  readonly names?: readonly string[];
  readonly objectSelector?: LabelSelector;
}

/** An exception and where it was read. */
export interface ExceptionSource {
  readonly exception: PolicyException;
  readonly file: string;
  locate(path: Path): Position | undefined;
}

const TEXT = { type: 'string', minLength: 1 } as const;
const TEXTS = { type: 'array', minItems: 1, items: TEXT } as const;

/** JSON Schema (draft 2020-12) of a PolicyException. */
export const exceptionSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: {
    apiVersion: { const: 'tidegate.dev/v1alpha1' },
    kind: { const: 'PolicyException' },
    metadata: { type: 'object', required: ['name'], properties: { name: TEXT, namespace: TEXT } },
    spec: {
      type: 'object',
      additionalProperties: false,
      description: 'Who may break what, until when, and why.',
      required: ['policies', 'reason', 'owner', 'expiresAt'],
      properties: {
        policies: {
          type: 'array',
          minItems: 1,
          description: 'What may be broken.',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['name'],
            properties: {
              name: { ...TEXT, description: 'Of a policy.' },
              rules: { ...TEXTS, description: 'All of its rules where it is left out.' },
            },
          },
        },
        match: {
          type: 'object',
          additionalProperties: false,
          description: 'By which objects of the namespace: what is given must all hold. All where it is left out.',
          properties: {
            kinds: { ...TEXTS, description: 'Such as Deployment.' },
            names: { ...TEXTS, description: '`*` stands for any letters.' },
            objectSelector: { ...LABEL_SELECTOR, description: 'By labels.' },
          },
        },
        reason: { ...TEXT, description: 'Why it has to be, for whoever reads it later.' },
        owner: { ...TEXT, description: 'Whom to ask about it.' },
        expiresAt: {
          type: 'string',
          pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$',
          examples: ['2026-12-31T00:00:00Z'],
          description: 'RFC 3339, such as 2026-12-31T00:00:00Z. From then on it does not count.',
        },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
} as const;

/** Whether a document says that it is one, be it right or wrong. */
export function isException(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { apiVersion, kind } = value as { readonly apiVersion?: Value; readonly kind?: Value };
  return kind === 'PolicyException' && typeof apiVersion === 'string' && apiVersion.startsWith('tidegate.dev/');
}

let validate: ValidateFunction | undefined;

/** Reads one exception, or says what is wrong with it, each at its place. */
export function parseException(
  document: YamlDocument,
  file: string,
): { readonly exceptions: readonly ExceptionSource[]; readonly problems: readonly Problem[] } {
  validate ??= compileSchema(exceptionSchema);
  if (!validate(document.value)) {
    return { exceptions: [], problems: schemaProblems(schemaErrors(validate.errors), document, file) };
  }
  const exception = document.value as unknown as PolicyException;
  if (Number.isNaN(Date.parse(exception.spec.expiresAt))) {
    const at = document.locate(['spec', 'expiresAt']);
    const message = `spec.expiresAt: ${exception.spec.expiresAt} is no time`;
    return { exceptions: [], problems: [{ file, ...at, message, hint: 'such as 2026-12-31T00:00:00Z' }] };
  }
  return { exceptions: [{ exception, file, locate: (path) => document.locate(path) }], problems: [] };
}
