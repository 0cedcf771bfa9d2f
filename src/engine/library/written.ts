/**
 * What the user wrote and what Kubernetes filled in: the API server applies its defaults before any webhook sees an
 * object, so a field at its default value says nothing by itself. The evidence is in the object's own metadata.
 */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { BOOL, opaque, optional, STRING } from '../../cel/type.ts';
import { Boxed, CelError, isMap, type JsonMap, Optional, type Value } from '../../cel/value.ts';
import type { KubernetesObject } from '../decision.ts';
import { pointerSteps } from '../object/pointer.ts';

export const WRITTEN_TYPE = opaque('tidegate.Written');

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The value of `written` on one request. */
export class Written extends Boxed {
  readonly typeName = 'tidegate.Written';
  readonly object: KubernetesObject | null;
  readonly file: KubernetesObject | undefined;

  /** `object` is the whole object of the request; `file` is what its user wrote, where that is known, before any defaulting. */
  constructor(object: KubernetesObject | null, file?: KubernetesObject) {
    super();
    this.object = object;
    this.file = file;
  }

  override equals(other: Value): boolean {
    return this === other;
  }

  /**
   * Whether the user wrote the field, undefined where nothing tells. An `Apply` entry of managedFields lists what was
   * applied and nothing else; so does the annotation of client-side apply. `Update` entries list defaults too.
   */
  sets(steps: readonly string[]): boolean | undefined {
    if (this.object === null) return undefined;
    const metadata = asMap(this.object['metadata']);
    const applied = appliedFields(metadata);
    const lastApplied = lastAppliedConfiguration(metadata);
    if (applied.some((fields) => owns(fields, this.object, steps))) return true;
    if (lastApplied !== undefined && valueAt(lastApplied, this.object, steps) !== undefined) return true;
    if (applied.length > 0 || lastApplied !== undefined) return false;
    const fromServer = has(metadata, 'managedFields') || has(metadata, 'uid');
    return this.file && !fromServer ? valueAt(this.file, this.object, steps) !== undefined : undefined;
  }
}

/** `written.sets(pointer)`: an optional bool; see `Written.sets`. The pointer is one in `workload`. */
export const WRITTEN_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'sets',
    overloads: [
      {
        id: 'tidegate_written_sets_string',
        member: true,
        parameters: [WRITTEN_TYPE, STRING],
        result: optional(BOOL),
        call: (written, pointer) => {
          const steps = pointerSteps(String(pointer));
          if (steps === undefined) return new CelError(`"${String(pointer)}" is not a JSON pointer`);
          const answer = (written as Written).sets(steps);
          return answer === undefined ? Optional.NONE : new Optional(answer);
        },
      },
    ],
  },
];

function appliedFields(metadata: JsonMap): readonly JsonMap[] {
  const entries = metadata['managedFields'];
  if (!Array.isArray(entries)) return [];
  return (entries as readonly Value[])
    .map(asMap)
    .filter((entry) => entry['operation'] === 'Apply' && !entry['subresource'])
    .map((entry) => asMap(entry['fieldsV1']));
}

function lastAppliedConfiguration(metadata: JsonMap): JsonMap | undefined {
  const text = asMap(metadata['annotations'])[LAST_APPLIED];
  if (typeof text !== 'string') return undefined;
  try {
    return asMap(JSON.parse(text) as Value);
  } catch {
    return undefined;
  }
}

/** Whether a fieldsV1 tree holds the field; a leaf on the way owns all that is below it. */
function owns(fields: JsonMap, object: Value, steps: readonly string[]): boolean {
  let node = fields;
  let value = object;
  for (const step of steps) {
    if (node !== fields && Object.keys(node).length === 0) return true;
    const inside: Value | undefined = Array.isArray(value) ? value[Number(step)] : asMap(value)[step];
    const key = Array.isArray(value) ? listKey(node, inside) : `f:${step}`;
    if (key === undefined || !has(node, key)) return false;
    node = asMap(node[key]);
    value = inside ?? null;
  }
  return true;
}

/** The key of a list item in fieldsV1: `k:{"name":"web"}` where the item has these values, `v:"x"` for a set's item. */
function listKey(node: JsonMap, item: Value | undefined): string | undefined {
  return Object.keys(node).find((key) => {
    if (key.startsWith('v:')) return key.slice(2) === JSON.stringify(item);
    if (!key.startsWith('k:')) return false;
    try {
      return Object.entries(JSON.parse(key.slice(2)) as JsonMap).every(([name, value]) => asMap(item)[name] === value);
    } catch {
      return false;
    }
  });
}

/** The value that `steps`, a path in `object`, has in `written`: items of lists are the same by name, else by index. */
function valueAt(written: Value, object: Value, steps: readonly string[]): Value | undefined {
  let found: Value | undefined = written;
  let value: Value | undefined = object;
  for (const step of steps) {
    value = Array.isArray(value) ? value[Number(step)] : asMap(value)[step];
    if (!Array.isArray(found)) found = has(asMap(found), step) ? asMap(found)[step] : undefined;
    else found = sameItem(found, value, Number(step));
    if (found === undefined || found === null) return undefined;
  }
  return found;
}

function sameItem(items: readonly Value[], item: Value | undefined, index: number): Value | undefined {
  const name = asMap(item)['name'];
  return name === undefined ? items[index] : items.find((candidate) => asMap(candidate)['name'] === name);
}

function has(map: JsonMap, key: string): boolean {
  return Object.hasOwn(map, key);
}

function asMap(value: Value | undefined): JsonMap {
  return value !== undefined && isMap(value) && !(value instanceof Boxed) ? value : {};
}
