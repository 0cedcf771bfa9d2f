/** Static CEL types, as the checker and the function declarations use them. */
export type Type =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'dyn' }
  | { readonly kind: 'error' }
  | { readonly kind: 'list'; readonly element: Type }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'type'; readonly of: Type }
  | { readonly kind: 'opaque'; readonly name: string; readonly parameters: readonly Type[] }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: ReadonlyMap<string, Type> | 'any' }
  | { readonly kind: 'parameter'; readonly name: string };

export type PrimitiveName =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'null_type'
  | 'google.protobuf.Timestamp'
  | 'google.protobuf.Duration';

export const DYN: Type = { kind: 'dyn' };
export const BOOL: Type = { kind: 'primitive', name: 'bool' };
export const INT: Type = { kind: 'primitive', name: 'int' };
export const UINT: Type = { kind: 'primitive', name: 'uint' };
export const DOUBLE: Type = { kind: 'primitive', name: 'double' };
export const STRING: Type = { kind: 'primitive', name: 'string' };
export const BYTES: Type = { kind: 'primitive', name: 'bytes' };
export const NULL: Type = { kind: 'primitive', name: 'null_type' };
export const TIMESTAMP: Type = { kind: 'primitive', name: 'google.protobuf.Timestamp' };
export const DURATION: Type = { kind: 'primitive', name: 'google.protobuf.Duration' };

export const list = (element: Type): Type => ({ kind: 'list', element });
export const map = (key: Type, value: Type): Type => ({ kind: 'map', key, value });
export const typeOf = (of: Type): Type => ({ kind: 'type', of });
export const opaque = (name: string, ...parameters: readonly Type[]): Type => ({ kind: 'opaque', name, parameters });
export const optional = (of: Type): Type => opaque('optional_type', of);
/** A type parameter of a function declaration, as the `A` of `list(A)`. */
export const parameter = (name: string): Type => ({ kind: 'parameter', name });
/** A struct with known fields; `'any'` leaves them unchecked (`Object{}` literals take any field). */
export const struct = (name: string, fields: Readonly<Record<string, Type>> | 'any'): Type => ({
  kind: 'struct',
  name,
  fields: fields === 'any' ? 'any' : new Map(Object.entries(fields)),
});

/** The type inside an optional, or undefined for any other type. */
export function unwrapOptional(type: Type): Type | undefined {
  return type.kind === 'opaque' && type.name === 'optional_type' ? type.parameters[0] : undefined;
}
