import type { Activation } from '../activation.ts';
import { CelError, MapValue, mapKey, Optional, type Result, type Value } from '../value.ts';
import type { HeldStep } from './attribute.ts';
import { located, type Step } from './step.ts';

const LIST_COST = 10;
const MAP_COST = 30;
const STRUCT_COST = 40;

/** A part of a literal; an optional one leaves nothing behind where it has no value. */
export interface Part {
  readonly step: Step;
  readonly optional: boolean;
  /** In place of the step of an optional part. */
  readonly held?: HeldStep;
}

type Entry = { readonly key: Value; readonly value: Value };

/** `[a, ?b]`; the first error among the elements is the result. */
export function listStep(parts: readonly Part[], at: number): Step {
  const [only, another] = parts;
  if (only && !another && !only.optional) return listOfOne(only.step, at);
  return (activation) => {
    // A list that grows from nothing takes place for seventeen.
    const items: Value[] = new Array(parts.length);
    let size = 0;
    for (const part of parts) {
      const value = valueOfPart(activation, part, listElement);
      if (value instanceof CelError) {
        activation.cost += LIST_COST;
        return located(value, at);
      }
      if (value !== undefined) items[size++] = value;
    }
    activation.cost += LIST_COST;
    return size === items.length ? items : items.slice(0, size);
  };
}

// `[value]` is how a value gets a name: `[value].all(name, …)`.
function listOfOne(step: Step, at: number): Step {
  return (activation) => {
    const value = step(activation);
    activation.cost += LIST_COST;
    return value instanceof CelError ? located(value, at) : [value];
  };
}

/** `{k: v, ?k: v}`; of equal keys the last one counts. */
export function mapStep(parts: readonly (Part & { readonly key: Step })[], at: number): Step {
  return (activation) => {
    const entries = new Map<NonNullable<ReturnType<typeof mapKey>>, Entry>();
    const error = fill(parts, (part) => {
      const key = part.key(activation);
      if (key instanceof CelError) return key;
      const value = valueOfPart(activation, part, () => `entry '${String(key)}'`);
      if (value instanceof CelError) return value;
      const held = mapKey(key);
      if (held === undefined) return new CelError('unsupported key type');
      if (value === undefined) entries.delete(held);
      else entries.set(held, { key, value });
      return undefined;
    });
    activation.cost += MAP_COST;
    return error ? located(error, at) : new MapValue(entries);
  };
}

/** `Name{field: value}`; `make` gets the fields that have a value. */
export function structStep(
  make: (fields: ReadonlyMap<string, Value>) => Result,
  parts: readonly (Part & { readonly name: string })[],
  at: number,
): Step {
  return (activation) => {
    const fields = new Map<string, Value>();
    const error = fill(parts, (part) => {
      const value = valueOfPart(activation, part, () => `entry '${part.name}'`);
      if (value instanceof CelError) return value;
      if (value === undefined) fields.delete(part.name);
      else fields.set(part.name, value);
      return undefined;
    });
    activation.cost += STRUCT_COST;
    const result = error ?? make(fields);
    return result instanceof CelError ? located(result, at) : result;
  };
}

const listElement = (): string => 'list element';

function fill<T>(parts: readonly T[], add: (part: T) => CelError | undefined): CelError | undefined {
  for (const part of parts) {
    const error = add(part);
    if (error) return error;
  }
  return undefined;
}

function valueOfPart(activation: Activation, { step, optional, held }: Part, name: () => string): Result | undefined {
  if (held) return held(activation);
  const value = step(activation);
  if (!optional || value instanceof CelError) return value;
  if (value instanceof Optional) return value.value;
  return new CelError(`cannot initialize optional ${name()} from non-optional value ${String(value)}`);
}
