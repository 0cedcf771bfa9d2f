import { mapEntries } from '../equality.ts';
import type { Overload } from '../function.ts';
import { isDouble, isInt } from '../number.ts';
import type { PrimitiveName, Type } from '../type.ts';
import { TypeValue, typeNameOf } from '../type-value.ts';
import { Boxed, CelError, isMap, Uint, type Value } from '../value.ts';

const PRIMITIVE: Readonly<Record<PrimitiveName, (value: Value) => boolean>> = {
  bool: (value) => typeof value === 'boolean',
  int: isInt,
  uint: (value) => value instanceof Uint,
  double: isDouble,
  string: (value) => typeof value === 'string',
  bytes: (value) => value instanceof Uint8Array,
  null_type: (value) => value === null,
  'google.protobuf.Timestamp': (value) => value instanceof Boxed && value.typeName === 'google.protobuf.Timestamp',
  'google.protobuf.Duration': (value) => value instanceof Boxed && value.typeName === 'google.protobuf.Duration',
};

const anything = (): boolean => true;

/** The test whether a value can be passed where a parameter of that type is declared; a first element speaks for all. */
function acceptor(type: Type): (value: Value) => boolean {
  switch (type.kind) {
    case 'primitive':
      return PRIMITIVE[type.name];
    case 'list':
      return listAcceptor(acceptor(type.element));
    case 'map':
      return mapAcceptor(acceptor(type.key), acceptor(type.value));
    case 'type':
      return (value) => value instanceof TypeValue;
    case 'opaque':
    case 'struct':
      return (value) => value instanceof Boxed && value.typeName === type.name;
    default:
      return anything;
  }
}

function listAcceptor(element: (value: Value) => boolean): (value: Value) => boolean {
  if (element === anything) return Array.isArray;
  return (value) => Array.isArray(value) && (value.length === 0 || element(value[0] as Value));
}

function mapAcceptor(key: (value: Value) => boolean, item: (value: Value) => boolean): (value: Value) => boolean {
  if (key === anything && item === anything) return isMap;
  return (value) => {
    if (!isMap(value)) return false;
    const [first] = mapEntries(value);
    return first === undefined || (key(first[0]) && item(first[1]));
  };
}

/**
 * The tests of an overload's arguments; none where it looks at them itself. Values are tested even where the checker
 * knows a type: lists of mixed origin and null make static types a promise at best.
 */
export function acceptors(overload: Overload): readonly ((value: Value) => boolean)[] {
  return overload.unguarded ? [] : overload.parameters.map(acceptor);
}

const NUMBERS = ['int', 'uint', 'double'];
const TIMES = ['google.protobuf.Timestamp', 'google.protobuf.Duration'];
const ORDERED = ['bool', ...NUMBERS, 'string', 'bytes', ...TIMES];

// The first operands that an operator knows: with another one cel-go names the operator in its error.
const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  '_+_': [...NUMBERS, 'string', 'bytes', 'list', ...TIMES],
  '_-_': [...NUMBERS, 'string', ...TIMES],
  '_*_': [...NUMBERS, 'string', ...TIMES],
  '_/_': [...NUMBERS, 'string', ...TIMES],
  '_%_': ['int', 'uint', 'string', ...TIMES],
  '-_': ['bool', 'int', 'double', 'string', ...TIMES],
  '_<_': ORDERED,
  '_<=_': ORDERED,
  '_>_': ORDERED,
  '_>=_': ORDERED,
  size: ['string', ...TIMES],
  matches: ['string', ...TIMES],
};

const UNNAMED: readonly string[] = ['!_', '@in', 'contains', 'startsWith', 'endsWith'];

/** The error of a call whose values no overload takes, as cel-go words it. */
export function noSuchOverload(name: string, args: readonly Value[]): CelError {
  if (UNNAMED.includes(name)) return new CelError('no such overload');
  const operands = OPERANDS[name];
  if (!operands) return new CelError(`no such overload: ${name}(${args.map(typeNameOf).join(', ')})`);
  const known = args[0] !== undefined && operands.includes(typeNameOf(args[0]));
  return new CelError(known ? 'no such overload' : `no such overload: ${name}`);
}
