import type { Library } from '../function.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { COMPARISON } from './comparison.ts';
import { CONTAINMENT } from './containment.ts';
import { CONVERSION } from './conversion.ts';
import { LOGIC } from './logic.ts';
import { OPTIONALS } from './optionals.ts';
import { TEXT } from './text.ts';
import { TIME } from './time.ts';
import { TYPE_NAMES } from './type-names.ts';

/** The standard library of CEL and optional values: what every environment of Kubernetes has. */
export const STANDARD: readonly Library[] = [
  LOGIC,
  ARITHMETIC,
  COMPARISON,
  CONTAINMENT,
  TEXT,
  CONVERSION,
  TIME,
  OPTIONALS,
  TYPE_NAMES,
];
