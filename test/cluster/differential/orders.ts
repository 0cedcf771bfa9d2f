/** The orders in which the API server may take the bindings of a policy, and the params of a binding: those of a Go map. */
import type { JsonMap, Value } from '../../../src/cel/value.ts';
import { PARAMETERS, SET_ONE } from './world.ts';

/**
 * The policy with its bindings once for every order, the given one first; our engine goes by the names of bindings. A
 * binding that selects several params is written as one binding for each of them.
 */
export function everyOrder([policy = {}, ...bindings]: readonly JsonMap[]): readonly (readonly JsonMap[])[] {
  const { paramKind } = policy['spec'] as JsonMap;
  const kind = (paramKind as JsonMap | undefined)?.['kind'];
  const single = bindings.flatMap((binding) => oneForEachParam(binding, kind));
  if (single.length === 1) return [[policy, ...bindings]];
  return permutations(single).map((order) => [policy, ...order.map(numbered)]);
}

function oneForEachParam(binding: JsonMap, kind: Value | undefined): readonly JsonMap[] {
  const spec = binding['spec'] as JsonMap;
  const paramRef = spec['paramRef'] as JsonMap | undefined;
  if (paramRef === undefined || !selectsSeveral(paramRef, kind)) return [binding];
  const { selector: _, ...rest } = paramRef;
  return SET_ONE.map((name) => ({ ...binding, spec: { ...spec, paramRef: { ...rest, name } } }));
}

/** In the namespace of a case there is one param of each kind at most; those without a namespace are in one place. */
function selectsSeveral({ selector, namespace }: JsonMap, kind: Value | undefined): boolean {
  const labels = (selector as JsonMap | undefined)?.['matchLabels'] as JsonMap | undefined;
  return labels?.['set'] === 'one' && namespace === (kind === 'Standard' ? undefined : PARAMETERS);
}

function numbered(binding: JsonMap, index: number): JsonMap {
  const metadata = binding['metadata'] as JsonMap;
  return { ...binding, metadata: { ...metadata, name: `${index}-${metadata['name']}` } };
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((first, index) => permutations(items.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}
