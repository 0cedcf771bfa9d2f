import { typeNameOf } from '../type-value.ts';
import type { Value } from '../value.ts';

const NAMES: Readonly<Record<string, string>> = {
  bool: 'types.Bool',
  bytes: 'types.Bytes',
  double: 'types.Double',
  int: 'types.Int',
  null_type: 'types.Null',
  string: 'types.String',
  uint: 'types.Uint',
  type: '*types.Type',
  optional_type: '*types.Optional',
  'google.protobuf.Duration': 'types.Duration',
  'google.protobuf.Timestamp': 'types.Timestamp',
};

/** The name of a value's type in cel-go, which some of its errors quote. */
export function goTypeName(value: Value): string {
  const name = typeNameOf(value);
  return NAMES[name] ?? name;
}
