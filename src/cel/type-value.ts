import { isDouble, isInt } from './number.ts';
import { Boxed, CelError, type Value } from './value.ts';

/** The value of `type(x)` and of type names: equal where the names are. */
export class TypeValue extends Boxed {
  readonly typeName = 'type';
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }

  override equals(other: Value): boolean {
    return other instanceof TypeValue && other.name === this.name;
  }
}

/** The name of a value's type, as `type()` gives it. */
export function typeNameOf(value: Value): string {
  if (value === null) return 'null_type';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return isInt(value) ? 'int' : 'double';
  }
  if (Array.isArray(value)) return 'list';
  if (value instanceof Boxed) return isDouble(value) ? 'double' : value.typeName;
  return value instanceof Uint8Array ? 'bytes' : 'map';
}

/** The error of a conversion that cannot be done, as cel-go words it. */
export function conversionError(from: Value, to: string): CelError {
  return new CelError(`type conversion error from '${typeNameOf(from)}' to '${to}'`);
}
