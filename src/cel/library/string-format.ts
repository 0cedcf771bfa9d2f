import type { Library } from '../function.ts';
import { DYN, list, STRING } from '../type.ts';
import { CelError, type ListValue, type Result, type Value } from '../value.ts';
import { readsFirst } from './cost.ts';
import { declare, member } from './declare.ts';
import { interpolate } from './format-template.ts';
import { FormatProblem, formatValue } from './format-value.ts';

/**
 * `<string>.format(<list<dyn>>) -> <string>`: `%s` anything, `%d` integers, `%f` doubles with thousands separators
 * (`%.2f`: digits after the point), `%e` doubles in scientific notation, `%b` `%o` `%x` `%X` integers (and bools in
 * binary, strings and bytes in hexadecimal), `%%` itself.
 * Errors: `index N out of range`, `could not parse formatting clause: …`, `error during formatting: …`. With literals
 * they are found when the expression is compiled: see `checkFormat`.
 */
function format(template: string, args: ListValue): Result {
  const text = interpolate<FormatProblem>(template, args.length, ({ verb, upper, precision }, index) => {
    const formatted = formatValue(verb, args[index] as Value, precision);
    if (formatted instanceof FormatProblem) return new FormatProblem(`error during formatting: ${formatted.message}`);
    return upper ? formatted.toUpperCase() : formatted;
  });
  return text instanceof FormatProblem ? new CelError(text.message) : text;
}

/** `format` of cel-go's `strings` extension, version 2, in every Kubernetes since 1.29. */
export const STRING_FORMAT: Library = {
  name: 'string-format',
  functions: [
    declare('format', [{ ...member('string_format', [STRING, list(DYN)], STRING, format), cost: readsFirst }]),
  ],
};
