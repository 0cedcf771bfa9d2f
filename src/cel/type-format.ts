import type { Type } from './type.ts';

const SHORT: Readonly<Record<string, string>> = {
  null_type: 'null',
  'google.protobuf.Timestamp': 'timestamp',
  'google.protobuf.Duration': 'duration',
};

/** The type as problems print it: `list(int)`, `map(string, dyn)`, `timestamp`, `optional_type(dyn)`. */
export function formatType(type: Type): string {
  return write(type, (name) => SHORT[name] ?? name);
}

/** The type by its full names, as a result type is reported: `google.protobuf.Timestamp`, `null_type`. */
export function typeId(type: Type): string {
  return write(type, (name) => name);
}

/** Argument types as problems print them: `(int, string)`, or `string.(int)` for a member call. */
export function formatArguments(types: readonly Type[], member: boolean): string {
  const [receiver, ...rest] = types;
  if (!member || !receiver) return `(${types.map(formatType).join(', ')})`;
  return `${formatType(receiver)}.(${rest.map(formatType).join(', ')})`;
}

function write(type: Type, primitive: (name: string) => string): string {
  const inner = (part: Type) => write(part, primitive);
  switch (type.kind) {
    case 'primitive':
      return primitive(type.name);
    case 'dyn':
      return 'dyn';
    case 'error':
      return '!error!';
    case 'list':
      return `list(${inner(type.element)})`;
    case 'map':
      return `map(${inner(type.key)}, ${inner(type.value)})`;
    case 'type':
      return `type(${inner(type.of)})`;
    case 'opaque':
      return type.parameters.length > 0 ? `${type.name}(${type.parameters.map(inner).join(', ')})` : type.name;
    case 'struct':
    case 'parameter':
      return type.name;
  }
}
