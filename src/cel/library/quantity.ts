import type { Library } from '../function.ts';
import { double } from '../number.ts';
import { BOOL, DOUBLE, INT, STRING } from '../type.ts';
import { CelError, type Result } from '../value.ts';
import { readsFirst } from './cost.ts';
import { declare, foldable, global, member } from './declare.ts';
import { QUANTITY_TYPE } from './kubernetes-types.ts';
import { comparisons } from './ordered.ts';
import { parseQuantity } from './quantity-parse.ts';
import { addQuantities, approximately, compareQuantities, integerOf, Quantity } from './quantity-value.ts';

/** `quantity(<string>) -> <Quantity>`. Errors: why the string is none, as `resource.ParseQuantity` words it. */
function quantity(text: string): Result {
  const parsed = parseQuantity(text);
  return typeof parsed === 'string' ? new CelError(parsed) : parsed;
}

/** `isQuantity(<string>) -> <bool>`: whether `quantity` takes it. */
function isQuantity(text: string): Result {
  return typeof parseQuantity(text) !== 'string';
}

/** `sign(<Quantity>) -> <int>`: -1, 0 or 1. A global function, not a member. */
function sign(value: Quantity): Result {
  return value.sign;
}

/** `<Quantity>.asInteger() -> <int>`. Errors: `cannot convert value to integer` where `isInteger` is false. */
function asInteger(value: Quantity): Result {
  return integerOf(value) ?? new CelError('cannot convert value to integer');
}

/** `<Quantity>.isInteger() -> <bool>`: no fraction, inside int64, and short enough (`100Ti` is not, to Kubernetes). */
function isInteger(value: Quantity): Result {
  return integerOf(value) !== undefined;
}

/** `<Quantity>.asApproximateFloat() -> <double>`: nearly exact; infinite beyond the doubles. */
function asApproximateFloat(value: Quantity): Result {
  return double(approximately(value));
}

/** `<Quantity>.add(<Quantity>) -> <Quantity>`, `<Quantity>.add(<int>) -> <Quantity>`: the exact sum. */
function add(value: Quantity, other: Quantity | number | bigint): Result {
  return addQuantities(value, asQuantity(other), false);
}

/** `<Quantity>.sub(<Quantity>) -> <Quantity>`, `<Quantity>.sub(<int>) -> <Quantity>`: the exact difference. */
function sub(value: Quantity, other: Quantity | number | bigint): Result {
  return addQuantities(value, asQuantity(other), true);
}

function asQuantity(value: Quantity | number | bigint): Quantity {
  return value instanceof Quantity ? value : new Quantity(value, 0, 'exponent');
}

const Q = QUANTITY_TYPE;

/** Kubernetes' `quantity` library, since 1.28. Every function but the two that parse costs 1. */
export const QUANTITY: Library = {
  name: 'quantity',
  functions: [
    declare('quantity', [foldable(global('string_to_quantity', [STRING], Q, quantity))], readsFirst),
    declare('isQuantity', [global('is_quantity_string', [STRING], BOOL, isQuantity)], readsFirst),
    declare('sign', [global('quantity_sign', [Q], INT, sign)]),
    declare('asInteger', [member('quantity_get_int', [Q], INT, asInteger)]),
    declare('isInteger', [member('quantity_is_integer', [Q], BOOL, isInteger)]),
    declare('asApproximateFloat', [member('quantity_get_float', [Q], DOUBLE, asApproximateFloat)]),
    declare('add', [member('quantity_add', [Q, Q], Q, add), member('quantity_add_int', [Q, INT], Q, add)]),
    declare('sub', [member('quantity_sub', [Q, Q], Q, sub), member('quantity_sub_int', [Q, INT], Q, sub)]),
    ...comparisons('quantity', Q, compareQuantities),
  ],
};
