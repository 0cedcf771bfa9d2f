/** How the fields of a custom resource merge: what its CustomResourceDefinition says of lists and maps. */
import type { JsonMap, Value } from '../../cel/value.ts';
import type { GroupVersionKind, Lookup } from '../decision.ts';
import { isJsonMap, mapOf } from './equal.ts';
import { ANY, ATOMIC, type ListKey, SET, type Shape, shapeOfKind, shapeOfMember } from './merge-shape.ts';

/**
 * The shape of a kind by its definition, where `lookup` knows that. Without one nothing is known but the metadata, which
 * all kinds have: lists are atomic, as Kubernetes takes them where a schema says nothing.
 */
export function shapeBy(lookup: Lookup, kind: GroupVersionKind): Shape {
  if (!kind.group.includes('.') || kind.group.endsWith('.k8s.io')) {
    const known = shapeOfKind(kind.group, kind.version, kind.kind);
    if (known.kind !== 'any') return known;
  }
  const schema = kind.group === '' ? undefined : schemaOf(lookup, kind);
  const shape = schema === undefined ? ANY : shapeOfSchema(schema);
  return { kind: 'map', member: (key) => (key === 'metadata' ? METADATA : shapeOfMember(shape, key)) };
}

const METADATA = shapeOfMember(shapeOfKind('', 'v1', 'Pod'), 'metadata');

function schemaOf(lookup: Lookup, { group, version, kind }: GroupVersionKind): JsonMap | undefined {
  const definitions = lookup.list('apiextensions.k8s.io/v1', 'customresourcedefinitions', '') ?? [];
  const specs = definitions.map(({ spec }) => mapOf(spec));
  const spec = specs.find((one) => one['group'] === group && mapOf(one['names'])['kind'] === kind);
  const versions = listOf(spec?.['versions']).map(mapOf);
  const served = versions.find(({ name }) => name === version);
  const schema = mapOf(served?.['schema'])['openAPIV3Schema'];
  return isJsonMap(schema) ? schema : undefined;
}

function shapeOfSchema(schema: JsonMap): Shape {
  if (schema['type'] === 'array') return shapeOfList(schema);
  if (schema['x-kubernetes-map-type'] === 'atomic') return ATOMIC;
  const { properties, additionalProperties } = schema;
  if (isJsonMap(properties)) {
    return {
      kind: 'map',
      member: (key) => shapeOfSchema(Object.hasOwn(properties, key) ? mapOf(properties[key]) : {}),
    };
  }
  if (isJsonMap(additionalProperties)) return { kind: 'map', member: () => shapeOfSchema(additionalProperties) };
  return ANY;
}

function shapeOfList(schema: JsonMap): Shape {
  const items = mapOf(schema['items']);
  if (schema['x-kubernetes-list-type'] === 'set') return SET;
  if (schema['x-kubernetes-list-type'] !== 'map') return ANY;
  const fields = mapOf(items['properties']);
  const keys = listOf(schema['x-kubernetes-list-map-keys']).map((key) => listKey(String(key), fields));
  return { kind: 'list', keys, item: shapeOfSchema(items) };
}

function listKey(name: string, fields: JsonMap): ListKey {
  const fallback = mapOf(fields[name])['default'];
  return fallback === undefined ? { name } : { name, fallback: String(fallback) };
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}
