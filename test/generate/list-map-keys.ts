/**
 * Makes src/engine/object/list-map-keys.generated.ts from the OpenAPI v3 documents of Kubernetes:
 *
 *   go mod download -json k8s.io/kubernetes@v1.36.3      prints the folder as "Dir"
 *   node test/generate/list-map-keys.ts <Dir>/api/openapi-spec/v3 v1.36.3
 *
 * Of each type only those fields are written whose merge differs from what is done without a schema (maps member by
 * member, lists as a whole), or that lead to such fields. The v3 documents, since v2 leaves out defaults, and a
 * list-map key may have one (`protocol: TCP`).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly default?: unknown;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

type Schemas = ReadonlyMap<string, Schema>;

const OUTPUT = new URL('../../src/engine/object/list-map-keys.generated.ts', import.meta.url);

function readSchemas(folder: string): Schemas {
  const schemas = new Map<string, Schema>();
  for (const file of readdirSync(folder).sort()) {
    const document = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const [name, schema] of Object.entries<Schema>(document.components?.schemas ?? {})) schemas.set(name, schema);
  }
  return schemas;
}

/** `core.v1.PodSpec` for io.k8s.api.core.v1.PodSpec: unique, and shorter by half. */
function shortName(name: string): string {
  return name.replace(
    /^io\.k8s\.(?:api|apimachinery\.pkg\.apis|apiextensions-apiserver\.pkg\.apis|kube-aggregator\.pkg\.apis)\./,
    '',
  );
}

function reference(schema: Schema): string | undefined {
  const target = schema.$ref ?? schema.allOf?.[0]?.$ref;
  return target?.replace('#/components/schemas/', '');
}

/** The field in the notation of the table (see its head), or undefined where it merges as without a schema. */
function shape(field: Schema, schemas: Schemas, written: ReadonlySet<string>): string | undefined {
  if (field.items !== undefined) return listShape(field, field.items, schemas, written);
  if (field['x-kubernetes-map-type'] === 'atomic') return '!';
  const target = reference(field);
  if (target !== undefined) return typeShape(target, schemas, written, field['x-kubernetes-map-type']);
  const values = field.additionalProperties && shape(field.additionalProperties, schemas, written);
  return values === undefined ? undefined : `{}${values}`;
}

function listShape(field: Schema, items: Schema, schemas: Schemas, written: ReadonlySet<string>): string | undefined {
  if (field['x-kubernetes-list-type'] === 'set') return '[=]';
  if (field['x-kubernetes-list-type'] !== 'map') return undefined;
  const properties = schemas.get(reference(items) ?? '')?.properties ?? {};
  const keys = (field['x-kubernetes-list-map-keys'] ?? []).map((key) => {
    const value = properties[key]?.default;
    return typeof value === 'string' && value !== '' ? `${key}=${value}` : key;
  });
  return `[${keys.join()}]${shape(items, schemas, written) ?? ''}`;
}

function typeShape(
  target: string,
  schemas: Schemas,
  written: ReadonlySet<string>,
  override?: string,
): string | undefined {
  if (schemas.get(target)?.['x-kubernetes-map-type'] === 'atomic' && override !== 'granular') return '!';
  return written.has(target) ? shortName(target) : undefined;
}

/** The types with a field worth writing: found by repeating until no type is added, since types refer to each other. */
function typesToWrite(schemas: Schemas): ReadonlySet<string> {
  const written = new Set<string>();
  for (let size = -1; size !== written.size; ) {
    size = written.size;
    for (const [name, schema] of schemas) {
      if (Object.values(schema.properties ?? {}).some((field) => shape(field, schemas, written))) written.add(name);
    }
  }
  return written;
}

function typeLines(schemas: Schemas, written: ReadonlySet<string>): string[] {
  return [...written].sort().map((name) => {
    const fields = Object.entries(schemas.get(name)?.properties ?? {})
      .map(([field, schema]) => [field, shape(schema, schemas, written)] as const)
      .filter(([, notation]) => notation !== undefined)
      .map(([field, notation]) => `${JSON.stringify(field)}: ${JSON.stringify(notation)}`);
    return `  ${JSON.stringify(shortName(name))}: { ${fields.join(', ')} },`;
  });
}

function kindLines(schemas: Schemas, written: ReadonlySet<string>): string[] {
  const lines = [];
  for (const name of written) {
    const kinds = schemas.get(name)?.['x-kubernetes-group-version-kind'] ?? [];
    if (kinds.length !== 1) continue; // DeleteOptions and WatchEvent belong to every group and are no objects.
    for (const { group, version, kind } of kinds)
      lines.push(`  ${JSON.stringify(`${group}/${version}/${kind}`)}: ${JSON.stringify(shortName(name))},`);
  }
  return lines.sort();
}

const [folder, version] = process.argv.slice(2);
if (folder === undefined || version === undefined)
  throw new Error('usage: list-map-keys.ts <folder of the OpenAPI v3 documents> <version>');
const schemas = readSchemas(folder);
const written = typesToWrite(schemas);
writeFileSync(
  OUTPUT,
  `/**
 * Generated by test/generate/list-map-keys.ts from the OpenAPI of Kubernetes ${version}: do not edit.
 *
 * Per type the fields that merge in a way of their own. The notation of a field:
 *   core.v1.PodSpec          an object of that type
 *   !                        an atomic object: never merged
 *   [name]core.v1.Container  a list whose items are the same where their keys are; the type of the items follows
 *   [port,protocol=TCP]      several keys, the second with a default
 *   [=]                      a list that is a set
 *   {}core.v1.X              a map whose values are of that type
 */
export const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
${typeLines(schemas, written).join('\n')}
};

/** The type of each group/version/kind that is in the table above. */
export const KINDS: Readonly<Record<string, string>> = {
${kindLines(schemas, written).join('\n')}
};
`,
);
