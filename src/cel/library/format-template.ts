import { FormatProblem, type Verb, WRONG_TYPE } from './format-value.ts';

/** A formatting clause such as `%.3f`. */
export interface Clause {
  readonly verb: Verb;
  readonly upper: boolean;
  readonly precision: number | undefined;
}

/**
 * More digits than any double has; the API server takes any number, at the price of its memory. The message is that of
 * later versions of cel-go, which have a limit of their own.
 */
const MOST_DIGITS = 1_100;

/**
 * Puts the text that `render` gives for each clause into its place. Returns the first problem there is: an argument too
 * few, a clause that cannot be read, or what `render` returns.
 */
export function interpolate<P>(
  template: string,
  count: number,
  render: (clause: Clause, index: number) => string | P,
): string | FormatProblem | P {
  let result = '';
  let index = 0;
  let at = 0;
  for (let percent = template.indexOf('%'); percent >= 0; percent = template.indexOf('%', at)) {
    result += template.slice(at, percent);
    if (template[percent + 1] === '%') {
      result += '%';
      at = percent + 2;
      continue;
    }
    if (index >= count) return new FormatProblem(`index ${index} out of range`);
    const parsed = parseClause(template, percent + 1);
    if (parsed instanceof FormatProblem) return parsed;
    const text = render(parsed.clause, index++);
    if (typeof text !== 'string') return text;
    result += text;
    at = parsed.end;
  }
  return result + template.slice(at);
}

const PRECISION = /\.([0-9]*)/y;

function parseClause(
  template: string,
  start: number,
): { readonly clause: Clause; readonly end: number } | FormatProblem {
  if (start >= template.length) return new FormatProblem('unexpected end of string');
  PRECISION.lastIndex = start;
  const digits = PRECISION.exec(template);
  const at = start + (digits?.[0].length ?? 0);
  if (at >= template.length) return precisionProblem('could not find end of precision specifier');
  const precision = digits === null ? undefined : parsePrecision(digits[1] ?? '');
  if (precision instanceof FormatProblem) return precision;
  const letter = template.charAt(at);
  const verb = letter === 'X' ? 'x' : letter;
  if (!isVerb(verb)) return clauseProblem(`unrecognized formatting clause "${firstByte(template, at)}"`);
  return { clause: { verb, upper: letter === 'X', precision }, end: at + 1 };
}

function parsePrecision(digits: string): number | FormatProblem {
  const conversion = 'error while converting precision to integer: strconv.Atoi: parsing';
  if (digits === '') return precisionProblem(`${conversion} "": invalid syntax`);
  const precision = Number(digits);
  if (precision >= 2 ** 63) return precisionProblem(`${conversion} "${digits}": value out of range`);
  if (precision <= MOST_DIGITS) return precision;
  return precisionProblem(`precision ${precision} exceeds maximum allowed precision ${MOST_DIGITS}`);
}

function precisionProblem(why: string): FormatProblem {
  return clauseProblem(`error while parsing precision: ${why}`);
}

function clauseProblem(why: string): FormatProblem {
  return new FormatProblem(`could not parse formatting clause: ${why}`);
}

function isVerb(letter: string): letter is Verb {
  return Object.hasOwn(WRONG_TYPE, letter);
}

/** cel-go reads bytes and shows the first one, even where it is a part of a character. */
function firstByte(template: string, at: number): string {
  return String.fromCharCode(Buffer.from(String.fromCodePoint(template.codePointAt(at) ?? 0))[0] ?? 0);
}
