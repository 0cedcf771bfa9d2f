/** The custom resources of the differential cluster: one that is judged, and two kinds of parameters. */
import type { JsonMap } from '../../../src/cel/value.ts';
import { GROUP } from './kinds.ts';

const TEXT = { type: 'string' };
const INTEGER = { type: 'integer', format: 'int64' };

const PARTS = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  items: { type: 'object', required: ['name'], properties: { name: TEXT, count: INTEGER } },
};

const WIDGET = {
  size: INTEGER,
  big: INTEGER,
  ratio: { type: 'number' },
  tags: { type: 'array', items: TEXT, 'x-kubernetes-list-type': 'set' },
  limits: { type: 'object', additionalProperties: TEXT },
  enabled: { type: 'boolean' },
  port: { 'x-kubernetes-int-or-string': true },
  maybe: { type: 'string', nullable: true },
  free: { 'x-kubernetes-preserve-unknown-fields': true, nullable: true },
  parts: PARTS,
  since: { type: 'string', format: 'date-time' },
  wait: TEXT,
  mode: { type: 'string', default: 'auto' },
};

const PARAMETER = { max: INTEGER, name: TEXT, modes: { type: 'array', items: TEXT }, factor: { type: 'number' } };

/** Widget and Limit are namespaced, Standard is not. */
export const DEFINITIONS: readonly JsonMap[] = [
  definition('Widget', 'widgets', 'Namespaced', WIDGET),
  definition('Limit', 'limits', 'Namespaced', PARAMETER),
  definition('Standard', 'standards', 'Cluster', PARAMETER),
];

function definition(kind: string, plural: string, scope: 'Namespaced' | 'Cluster', properties: JsonMap): JsonMap {
  const schema = {
    type: 'object',
    properties: {
      spec: { type: 'object', properties },
      status: { type: 'object', properties: { ready: { type: 'boolean' }, seen: INTEGER } },
    },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } },
      ],
    },
  };
}
