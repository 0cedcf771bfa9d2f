/** Our CustomResourceDefinitions, made from the schemas that files are checked by. */
import { stringify } from 'yaml';
import { exceptionSchema } from '../../src/policy/exception.ts';
import { policySchema } from '../../src/policy/schema.ts';
import { exceptionStatusSchema, policyStatusSchema } from '../../src/policy/status-schema.ts';

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly [keyword: string]: unknown;
}

interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** Shown by `-o wide` only. */
  readonly priority?: 1;
}

interface Resource {
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
  readonly scope: 'Cluster' | 'Namespaced';
  readonly description: string;
  readonly spec: Schema;
  readonly metadata: Schema;
  readonly status: Schema;
  readonly columns: readonly Column[];
}

const GROUP = 'tidegate.dev';
const READY = '.status.conditions[?(@.type=="Ready")]';
const AGE: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Since when.' };

const RESOURCES: readonly Resource[] = [
  {
    kind: 'Policy',
    plural: 'policies',
    shortName: 'tgp',
    scope: 'Cluster',
    description: 'What is asked of objects, or done to them, when they are created or changed.',
    spec: policySchema.properties.spec,
    metadata: { type: 'object', properties: { name: policySchema.properties.metadata.properties.name } },
    status: policyStatusSchema,
    columns: [
      { name: 'Action', type: 'string', jsonPath: '.status.action', description: 'What is done about a finding.' },
      { name: 'Ready', type: 'string', jsonPath: `${READY}.status`, description: 'Whether it is in force as written.' },
      { name: 'Findings', type: 'integer', jsonPath: '.status.findings', description: 'Of the last scan.' },
      AGE,
      { name: 'Severity', type: 'string', jsonPath: '.spec.severity', description: 'Of a finding.', priority: 1 },
      { name: 'Title', type: 'string', jsonPath: '.spec.title', description: 'What is asked for.', priority: 1 },
      { name: 'Reason', type: 'string', jsonPath: `${READY}.reason`, description: 'Why not ready.', priority: 1 },
    ],
  },
  {
    kind: 'PolicyException',
    plural: 'policyexceptions',
    shortName: 'tgpx',
    scope: 'Namespaced',
    description: 'Which policies objects of its namespace may break, until when, and why.',
    spec: exceptionSchema.properties.spec,
    metadata: { type: 'object' },
    status: exceptionStatusSchema,
    columns: [
      { name: 'Owner', type: 'string', jsonPath: '.spec.owner', description: 'Whom to ask.' },
      { name: 'Ready', type: 'string', jsonPath: `${READY}.status`, description: 'Whether it counts.' },
      // Not of type date: kubectl prints only times that have passed.
      { name: 'Expires', type: 'string', jsonPath: '.spec.expiresAt', description: 'From then on it does not count.' },
      AGE,
      { name: 'Status', type: 'string', jsonPath: `${READY}.reason`, description: 'Why it does not.', priority: 1 },
      { name: 'Why', type: 'string', jsonPath: '.spec.reason', description: 'Why it has to be.', priority: 1 },
    ],
  },
];

/** By file name in charts/tidegate/crds: the CustomResourceDefinition as YAML. */
export function definitions(): ReadonlyMap<string, string> {
  return new Map(RESOURCES.map((resource) => [`${resource.plural}.yaml`, textOf(resource)]));
}

const HEAD = '# Made from src/policy by `npm run generate:crds`: do not edit.\n';

// Kubernetes reads YAML 1.1, to which a bare Off is false.
function textOf(resource: Resource): string {
  const options = { compat: 'yaml-1.1', lineWidth: 120, aliasDuplicateObjects: false } as const;
  return HEAD + stringify(definitionOf(resource), options);
}

function definitionOf({ kind, plural, shortName, scope, columns, ...rest }: Resource): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope,
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: [shortName],
        categories: ['tidegate'],
      },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: rootOf(rest) },
        },
      ],
    },
  };
}

function rootOf({
  description,
  metadata,
  spec,
  status,
}: Pick<Resource, 'description' | 'metadata' | 'spec' | 'status'>) {
  return {
    type: 'object',
    description,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: structural(metadata, false),
      spec: structural(spec, false),
      status: structural(status, false),
    },
  };
}

/**
 * As Kubernetes wants a schema. An object is closed anyway, what it does not name being pruned: `additionalProperties: false` is not
 * allowed beside `properties`. Below a part that keeps what it does not know every part must keep it, or it is pruned there. A
 * list without a word about it is atomic, in Kubernetes as here; saying so keeps `kubectl explain` and tools from guessing.
 */
function structural({ const: _, examples: __, ...schema }: Schema, keeps: boolean): Schema {
  const open = keeps || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const { properties, items, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(open && schema.type === 'object' && { 'x-kubernetes-preserve-unknown-fields': true }),
    ...(schema.type === 'array' && { 'x-kubernetes-list-type': schema['x-kubernetes-list-type'] ?? 'atomic' }),
    ...(properties && { properties: mapValues(properties, (one) => structural(one, open)) }),
    ...(items && { items: structural(items, open) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: structural(additionalProperties, open) }),
  };
}

function mapValues<From, To>(from: Readonly<Record<string, From>>, to: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, to(value)]));
}
