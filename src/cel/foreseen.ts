/** What can be known of a value before there is an object, and what functions make of that. */
import type { CallReference } from './checked.ts';
import { equals } from './equality.ts';
import { callStep } from './plan/call.ts';
import { find, lookUp } from './plan/lookup.ts';
import { constantPlan } from './plan/plan.ts';
import { Boxed, CelError, Optional, type Result, type Value } from './value.ts';

export type Foreseen =
  /** The value itself. */
  | { readonly kind: 'known'; readonly value: Value }
  /** A part of the object, a list of such parts, or an optional one; a map that `has` these fields. */
  | { readonly kind: 'data'; readonly has?: readonly string[] }
  /** A list of any length. */
  | { readonly kind: 'list'; readonly of: Foreseen }
  /** A map of these keys. */
  | { readonly kind: 'map'; readonly fields: ReadonlyMap<string, Foreseen> }
  /** Any value. */
  | { readonly kind: 'value' }
  /** Any value, or an error. */
  | { readonly kind: 'unknown' };

export const DATA: Foreseen = { kind: 'data' };
export const VALUE: Foreseen = { kind: 'value' };
export const UNKNOWN: Foreseen = { kind: 'unknown' };
export const NONE: Foreseen = { kind: 'known', value: Optional.NONE };

/** A value that is known; an error is none. */
export function known(result: Result): Foreseen {
  return result instanceof CelError ? UNKNOWN : { kind: 'known', value: result };
}

export function isKnown(foreseen: Foreseen, value: Value): boolean {
  return foreseen.kind === 'known' && foreseen.value === value;
}

/** What holds of both. */
export function joined(a: Foreseen, b: Foreseen): Foreseen {
  if (a.kind === 'unknown' || b.kind === 'unknown') return UNKNOWN;
  if (a.kind === 'known' && b.kind === 'known' && equals(a.value, b.value)) return a;
  if (isData(a) && isData(b)) return DATA;
  if (a.kind === 'list' && b.kind === 'list') return { kind: 'list', of: joined(a.of, b.of) };
  return VALUE;
}

/** True for what has no map in it but those of the object. */
function isData(foreseen: Foreseen): boolean {
  if (foreseen.kind === 'list') return isData(foreseen.of);
  return foreseen.kind === 'data' || (foreseen.kind === 'known' && holdsNoMap(foreseen.value));
}

function holdsNoMap(value: Value): boolean {
  if (Array.isArray(value)) return (value as readonly Value[]).every(holdsNoMap);
  return typeof value !== 'object' || value === null || value === Optional.NONE;
}

/** A list of these items, each there once. */
export function listOf(items: readonly Foreseen[]): Foreseen {
  const values = items.flatMap((item) => (item.kind === 'known' ? [item.value] : []));
  return values.length === items.length ? known(values) : anyOf(items);
}

/** A list of any number of these items. */
export function anyOf(items: readonly Foreseen[]): Foreseen {
  const [first = UNKNOWN, ...others] = items;
  const of = others.reduce(joined, first);
  return of.kind === 'unknown' ? UNKNOWN : { kind: 'list', of };
}

/** `holder.name`, `holder.?name`, `has(holder.name)`, `holder[key]` of a value that is known. */
export function memberOf(holder: Value, key: Value, mode: 'value' | 'optional' | 'test'): Foreseen {
  const inside = holder instanceof Optional ? holder.value : holder;
  if (mode === 'value' && !(holder instanceof Optional)) return known(lookUp(holder, key));
  const found = inside === undefined ? undefined : find(inside, key);
  if (mode === 'test') return found instanceof CelError ? UNKNOWN : known(found !== undefined);
  if (found === undefined) return NONE;
  return found instanceof CelError ? UNKNOWN : known(new Optional(found));
}

const NOWHERE = { variables: [], cost: 0, limit: Number.POSITIVE_INFINITY };

/** What a call gives. Functions give the same for the same arguments; of most of them no more is known here. */
export function called(reference: CallReference, args: readonly Foreseen[]): Foreseen {
  const { name } = reference;
  const [first = UNKNOWN, second = UNKNOWN] = args;
  if (name === 'orValue') return orValue(first, second);
  if (args.some(({ kind }) => kind === 'unknown')) return UNKNOWN;
  const values = args.flatMap((arg) => (arg.kind === 'known' ? [arg.value] : []));
  if (values.length === args.length) return calledWith(reference, values);
  if (name === '_==_' || name === '_!=_' || name === '!_') return VALUE;
  if (name === '@in' && isData(second)) return VALUE;
  if (args.every((arg) => isData(arg) || arg.kind === 'known') && TOTAL.has(name)) return VALUE;
  return SHAPED[name]?.(first, second) ?? UNKNOWN;
}

function calledWith(reference: CallReference, values: readonly Value[]): Foreseen {
  const { name } = reference;
  if (name === '_==_' || name === '_!=_') {
    const [a = null, b = null] = values;
    return a instanceof Boxed || b instanceof Boxed ? UNKNOWN : known(equals(a, b) === (name === '_==_'));
  }
  // The planner's own: their overloads are for what is no optional.
  if (name === 'or') return UNKNOWN;
  return known(callStep({ at: -1, reference, args: values.map(constantPlan) })({ ...NOWHERE }));
}

/** Of the functions that are never an error for what the object's fields hold. */
const TOTAL: ReadonlySet<string> = new Set(
  'size hasValue shell hookSeconds endpoint image imageMatches selects'.split(' '),
);

function orValue(optional: Foreseen, otherwise: Foreseen): Foreseen {
  if (optional.kind !== 'known') return joined(optional, otherwise);
  if (!(optional.value instanceof Optional)) return UNKNOWN;
  return optional.value.value === undefined ? otherwise : known(optional.value.value);
}

/** Functions whose value is made of the parts of their arguments. */
const SHAPED: Readonly<Record<string, ((first: Foreseen, second: Foreseen) => Foreseen) | undefined>> = {
  dyn: (value) => value,
  '_+_': (a, b) => {
    if (isEmptyList(a)) return b;
    if (isEmptyList(b)) return a;
    const lists = (isList(a) || a.kind === 'data') && (isList(b) || b.kind === 'data');
    return lists ? joined(a, b) : UNKNOWN;
  },
  flatten: (list) => {
    if (list.kind === 'data') return DATA;
    if (list.kind !== 'list') return UNKNOWN;
    return isList(list.of) || list.of.kind === 'data' ? list.of : UNKNOWN;
  },
};

function isEmptyList(foreseen: Foreseen): boolean {
  return foreseen.kind === 'known' && Array.isArray(foreseen.value) && foreseen.value.length === 0;
}

function isList(foreseen: Foreseen): boolean {
  return foreseen.kind === 'list' || (foreseen.kind === 'known' && Array.isArray(foreseen.value));
}
