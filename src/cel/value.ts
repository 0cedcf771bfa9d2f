/**
 * CEL values, held so that a tree from `JSON.parse` is a CEL value as it stands: nothing is converted before an
 * evaluation, and an item of a list is the very object of the request (its identity gives its path).
 *
 * | CEL             | here                                                                              |
 * | --------------- | --------------------------------------------------------------------------------- |
 * | null, bool      | `null`, `boolean`                                                                 |
 * | string          | `string` (well-formed UTF-16; sizes and indices count code points)                |
 * | int             | an integral `number` inside int64, or a `bigint` where the number would not be exact |
 * | double          | a `number` that is not integral (fractions, NaN, infinities), or a `Double`        |
 * | uint            | `Uint`                                                                            |
 * | bytes           | `Uint8Array`                                                                      |
 * | list            | an array                                                                          |
 * | map             | a plain object (own keys only), or a `MapValue` (literals and other key types)     |
 * | everything else | a class that extends `Boxed`                                                      |
 *
 * Canonical form, kept by every function that makes a value: an int that is a safe integer is a `number`, any other int
 * is a `bigint`; a double with an integral value is a `Double`. Two exceptions come from JSON and are only read:
 * an unsafe integral number inside int64 is an int (its digits were lost by `JSON.parse`), one outside is a double.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | ListValue | JsonMap | Boxed;

export type ListValue = readonly Value[];

export interface JsonMap {
  readonly [key: string]: Value;
}

/** What an evaluation yields: errors are values, nothing throws. */
export type Result = Value | CelError;

/** The base of every value that is neither JSON nor bytes: one `instanceof` tells them from plain maps. */
export abstract class Boxed {
  /** The name that CEL's `type()` gives: `double`, `google.protobuf.Duration`, `kubernetes.Quantity`… */
  abstract readonly typeName: string;

  /**
   * CEL equality with a value of any type; false, never an error, where the types differ. Values made of other values
   * are compared by `equals` of equality.ts, which is the one to call.
   */
  equals(other: Value): boolean {
    return this === other;
  }

  /**
   * False where `this == other` is the error "no such overload" instead of an answer: the types of the Kubernetes
   * libraries compare only with their own kind (the other way round, `other == this`, is false).
   */
  comparable(_other: Value): boolean {
    return true;
  }

  /** The size that costs count: 1, save for the types that have one. */
  get size(): number {
    return 1;
  }
}

/**
 * An evaluation that gave no value. `error` is absorbed by `||`, `&&`, `all` and `exists` as cel-go does; `unknown` says
 * that the answer depends on something that could not be looked up, and wins over `error` where both meet.
 */
export class CelError {
  readonly kind: 'error' | 'unknown';
  readonly message: string;
  /** Offset in the expression (UTF-16 units), or -1 until the planner's node that met it first has set it. */
  at = -1;

  constructor(message: string, kind: 'error' | 'unknown' = 'error') {
    this.message = message;
    this.kind = kind;
  }
}

/** A double whose value is integral (`1.0`, `-0.0`, `1e300`): a plain number would read as an int. */
export class Double extends Boxed {
  readonly typeName = 'double';
  readonly value: number;

  constructor(value: number) {
    super();
    this.value = value;
  }

  override equals(other: Value): boolean {
    if (typeof other === 'number') return other === this.value;
    // An int and a double meet as doubles, as in cel-go: above 2^53 neighbours are equal.
    if (typeof other === 'bigint') return Number(other) === this.value;
    if (other instanceof Uint) return other.equals(this);
    return other instanceof Double && other.value === this.value;
  }
}

/** An unsigned 64-bit integer; always a bigint inside, since uints are rare in policies. */
export class Uint extends Boxed {
  readonly typeName = 'uint';
  readonly value: bigint;

  constructor(value: bigint) {
    super();
    this.value = value;
  }

  override equals(other: Value): boolean {
    if (other instanceof Uint) return other.value === this.value;
    if (typeof other === 'bigint') return other === this.value;
    const double = other instanceof Double ? other.value : other;
    return typeof double === 'number' && Number(this.value) === double;
  }
}

/**
 * A map with keys of any key type. Numeric keys that are equal in CEL (`1`, `1u`, `1.0`) are one key, so keys are held
 * by `mapKey`; the key as it was written stays beside the value for iteration.
 */
export class MapValue extends Boxed {
  readonly typeName = 'map';
  readonly entries: ReadonlyMap<string | number | bigint | boolean, { readonly key: Value; readonly value: Value }>;

  constructor(
    entries: ReadonlyMap<string | number | bigint | boolean, { readonly key: Value; readonly value: Value }>,
  ) {
    super();
    this.entries = entries;
  }
}

/** The key under which a MapValue holds `key`, or undefined where no value of that type can be a key. */
export function mapKey(key: Value): string | number | bigint | boolean | undefined {
  if (typeof key === 'string' || typeof key === 'boolean' || typeof key === 'number') return key;
  if (typeof key === 'bigint') return key;
  if (key instanceof Double) return key.value;
  if (key instanceof Uint) return key.value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(key.value) : key.value;
  return undefined;
}

/** An optional value: `optional.of(value)`, or none. */
export class Optional extends Boxed {
  static readonly NONE = new Optional(undefined);
  readonly typeName = 'optional_type';
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    super();
    this.value = value;
  }
}

/** A typed literal: `Object{}`, `Object.spec.containers{…}`, `JSONPatch{…}`. Field values are CEL values. */
export class StructValue extends Boxed {
  readonly typeName: string;
  readonly fields: JsonMap;

  constructor(typeName: string, fields: JsonMap) {
    super();
    this.typeName = typeName;
    this.fields = fields;
  }
}

/**
 * A struct whose fields are computed on first use (`variables`). `field` returns the value, or the error of its
 * evaluation; it is asked for declared names only, and must remember its answer.
 */
export abstract class LazyStruct extends Boxed {
  abstract field(name: string): Result;
}

/** True where the value is a CEL map; plain objects are recognised by what they are not. */
export function isMap(value: Value): value is JsonMap | MapValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (value instanceof Boxed) return value instanceof MapValue;
  return !(value instanceof Uint8Array);
}
