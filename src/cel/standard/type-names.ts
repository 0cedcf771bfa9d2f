import type { Library } from '../function.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  list,
  map,
  NULL,
  opaque,
  optional,
  STRING,
  TIMESTAMP,
  type Type,
  typeOf,
  UINT,
} from '../type.ts';
import { TypeValue } from '../type-value.ts';

const NAMED: readonly (readonly [string, Type])[] = [
  ['bool', BOOL],
  ['bytes', BYTES],
  ['double', DOUBLE],
  ['int', INT],
  ['list', list(DYN)],
  ['map', map(DYN, DYN)],
  ['null_type', NULL],
  ['string', STRING],
  ['uint', UINT],
  ['optional_type', optional(DYN)],
  ['google.protobuf.Timestamp', TIMESTAMP],
  ['google.protobuf.Duration', DURATION],
];

// The type of types has no parameter when it is named.
const TYPE = typeOf(opaque('type'));

/** The names of types, as values that `type(x)` is compared with. */
export const TYPE_NAMES: Library = {
  name: 'types',
  functions: [],
  constants: [
    ...NAMED.map(([name, type]) => ({ name, type: typeOf(type), value: new TypeValue(name) })),
    { name: 'type', type: TYPE, value: new TypeValue('type') },
  ],
};
