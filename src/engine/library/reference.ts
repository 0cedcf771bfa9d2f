/** What in a Pod refers to a ConfigMap or a Secret for its configuration. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { BOOL, DYN, list, STRING } from '../../cel/type.ts';
import { isMap, type JsonMap, type Value } from '../../cel/value.ts';
import { asMap } from './env.ts';

/** `configReferences(spec, kind)`, `isSatisfied(reference, found)`, `missingKeys(reference, found)`: see the functions of these names. */
export const REFERENCE_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'configReferences',
    overloads: [
      {
        id: 'tidegate_config_references_dyn_string',
        parameters: [DYN, STRING],
        result: list(DYN),
        call: (spec, kind) =>
          kind === 'Secret' ? configReferences(asMap(spec), SECRET) : configReferences(asMap(spec), CONFIG_MAP),
        cost: (_, found) => (Array.isArray(found) ? found.length : 0) + 10,
      },
    ],
  },
  {
    name: 'isSatisfied',
    overloads: [
      {
        id: 'tidegate_is_satisfied_dyn_dyn',
        parameters: [DYN, DYN],
        result: BOOL,
        call: (reference, found) => isMap(found ?? null) && missingKeys(asMap(reference), asMap(found)).length === 0,
      },
    ],
  },
  {
    name: 'missingKeys',
    overloads: [
      {
        id: 'tidegate_missing_keys_dyn_dyn',
        parameters: [DYN, DYN],
        result: list(STRING),
        call: (reference, found) => missingKeys(asMap(reference), asMap(found)),
      },
    ],
  },
];

/** The fields of a Pod that refer to one of the kinds. */
interface Fields {
  readonly key: string;
  readonly all: string;
  readonly volume: string;
}

export const CONFIG_MAP: Fields = { key: 'configMapKeyRef', all: 'configMapRef', volume: 'configMap' };
export const SECRET: Fields = { key: 'secretKeyRef', all: 'secretRef', volume: 'secret' };

/**
 * The references of a Pod's spec that are not optional, by `env`, `envFrom`, volumes and projected volumes: the very
 * objects. Their name is in `name`, or `secretName`; the keys that must be there, if any, in `key` or in `items`.
 */
export function configReferences(spec: JsonMap, { key, all, volume }: Fields): readonly JsonMap[] {
  const found: JsonMap[] = [];
  const add = (reference: Value | undefined): void => {
    if (reference !== undefined && asMap(reference) === reference && reference['optional'] !== true)
      found.push(reference);
  };
  for (const list of ['containers', 'initContainers', 'ephemeralContainers']) {
    for (const container of itemsOf(spec[list])) {
      for (const entry of itemsOf(container['env']))
        if (entry['valueFrom'] !== undefined) add(asMap(entry['valueFrom'])[key]);
      for (const source of itemsOf(container['envFrom'])) add(source[all]);
    }
  }
  for (const each of itemsOf(spec['volumes'])) {
    add(each[volume]);
    for (const source of itemsOf(asMap(each['projected'])['sources'])) add(source[volume]);
  }
  return found;
}

/** The keys that a reference asks for and the ConfigMap or Secret does not have, in order. */
export function missingKeys({ key, items }: JsonMap, { data, binaryData }: JsonMap): readonly string[] {
  const wanted = key === undefined ? itemsOf(items).map((item) => item['key']) : [key];
  const isThere = (name: string): boolean => Object.hasOwn(asMap(data), name) || Object.hasOwn(asMap(binaryData), name);
  return wanted.filter((name): name is string => typeof name === 'string' && !isThere(name));
}

function itemsOf(list: Value | undefined): readonly JsonMap[] {
  return Array.isArray(list) ? list.map(asMap) : [];
}
