import type { Library } from '../function.ts';
import { declare, global } from '../library/declare.ts';
import { BOOL, INT, list, map, optional, parameter } from '../type.ts';

const A = parameter('A');
const B = parameter('B');

const planned = (): never => {
  throw new Error('control operators are planned, not called');
};

/** The operators that decide what is evaluated, and indexing; `&&` and `||` need no declaration. */
export const LOGIC: Library = {
  name: 'logic',
  functions: [
    declare('!_', [global('logical_not', [BOOL], BOOL, (value: boolean) => !value)]),
    declare('_?_:_', [global('conditional', [BOOL, A, A], A, planned)]),
    declare('_[_]', [
      global('index_list', [list(A), INT], A, planned),
      global('index_map', [map(A, B), A], B, planned),
      global('optional_list_index_int', [optional(list(A)), INT], optional(A), planned),
      global('optional_map_index_value', [optional(map(A, B)), A], optional(B), planned),
    ]),
    declare('_[?_]', [
      global('list_optindex_optional_int', [list(A), INT], optional(A), planned),
      global('optional_list_optindex_optional_int', [optional(list(A)), INT], optional(A), planned),
      global('map_optindex_optional_value', [map(A, B), A], optional(B), planned),
      global('optional_map_optindex_optional_value', [optional(map(A, B)), A], optional(B), planned),
    ]),
  ],
};
