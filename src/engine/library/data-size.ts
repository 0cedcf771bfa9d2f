/** How large the data of ConfigMaps and Secrets is, as Kubernetes counts it against its limit of 1 MiB. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { DYN, INT } from '../../cel/type.ts';
import type { JsonMap, Value } from '../../cel/value.ts';
import { asMap } from './env.ts';

/** `dataSize(object)`: see `dataSize`. */
export const DATA_SIZE_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'dataSize',
    overloads: [
      { id: 'tidegate_data_size_dyn', parameters: [DYN], result: INT, call: (object) => dataSize(asMap(object)) },
    ],
  },
];

/**
 * The bytes of all keys and values of a ConfigMap or Secret; what is base64 counts as what it stands for. 0 for an object
 * without data.
 */
export function dataSize({ kind, data, binaryData, stringData }: JsonMap): number {
  const plain = kind === 'Secret' ? asMap(stringData) : asMap(data);
  // stringData takes the place of data under the same key.
  const encoded = kind === 'Secret' ? without(asMap(data), plain) : asMap(binaryData);
  return sum(plain, textBytes) + sum(encoded, base64Bytes);
}

function sum(map: JsonMap, bytes: (text: string) => number): number {
  return Object.entries(map).reduce(
    (total, [key, value]) => total + textBytes(key) + (typeof value === 'string' ? bytes(value) : 0),
    0,
  );
}

function without(map: JsonMap, other: JsonMap): Record<string, Value> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !Object.hasOwn(other, key)));
}

function textBytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Line breaks are no part of it. */
function base64Bytes(text: string): number {
  return Buffer.byteLength(/[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text, 'base64');
}
