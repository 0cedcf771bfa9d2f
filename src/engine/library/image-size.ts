/** How large an image is, as the nodes that have it report. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { DYN, INT, list, STRING } from '../../cel/type.ts';
import { Boxed, isMap, type JsonMap, type Value } from '../../cel/value.ts';
import { parseImage } from './image.ts';

/** `imageSize(ref, nodes)`: see `imageSize`. */
export const IMAGE_SIZE_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'imageSize',
    overloads: [
      {
        id: 'tidegate_image_size_string_list',
        parameters: [STRING, list(DYN)],
        result: INT,
        call: (reference, nodes) => imageSize(String(reference), asList(nodes)),
      },
    ],
  },
];

/**
 * The largest size in bytes that one of the Nodes reports for an image, whatever its spelling; 0 where none has it. Nodes
 * report the 50 largest of their images, so 0 does not say that it is small.
 */
export function imageSize(reference: string, nodes: readonly Value[]): number {
  const { identifier } = parseImage(reference);
  return nodes.reduce<number>((largest, node) => Math.max(largest, sizesOf(asMap(node)).get(identifier) ?? 0), 0);
}

// A Node holds a hundred names, and stays the same object until it reports anew.
const known = new WeakMap<JsonMap, ReadonlyMap<string, number>>();

/** Bytes by the identifier of an image: a node lists it by its digest and by each of its tags. */
function sizesOf(node: JsonMap): ReadonlyMap<string, number> {
  const sizes = known.get(node) ?? new Map(asList(asMap(node['status'])['images']).map(asMap).flatMap(entriesOf));
  known.set(node, sizes);
  return sizes;
}

function entriesOf({ names = null, sizeBytes = null }: JsonMap): readonly (readonly [string, number])[] {
  const size = Number(sizeBytes);
  return Number.isFinite(size) ? asList(names).map((name) => [parseImage(String(name)).identifier, size] as const) : [];
}

function asList(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

function asMap(value: Value | undefined): JsonMap {
  return value !== undefined && isMap(value) && !(value instanceof Boxed) ? value : {};
}
