/** One setting that an environment variable, and perhaps a flag, may give. */
import type { Problem } from '../policy/problem.ts';
import { didYouMean } from '../policy/suggest.ts';

export interface Names {
  /** Camel-case name of the flag, where there is one. */
  readonly flag?: string;
  readonly env: string;
}

export interface Option<T> {
  readonly names: Names;
  readonly fallback: T;
  /** The value, or what is wrong with it. */
  readonly parse: (given: string) => Parsed<T>;
}

type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

/** Any text. */
export function text(names: Names, fallback: string): Option<string> {
  return { names, fallback, parse: (value) => ({ ok: true, value }) };
}

/** A whole number within bounds, both included. */
export function integer(
  names: Names,
  fallback: number,
  { from, to }: { readonly from: number; readonly to: number },
): Option<number> {
  const parse = (given: string): Parsed<number> => {
    const value = Number(given);
    if (/^\d+$/.test(given) && value >= from && value <= to) return { ok: true, value };
    return { ok: false, message: `must be a whole number from ${from} to ${to}, is "${given}"` };
  };
  return { names, fallback, parse };
}

/** One word of a list. */
export function choice<const T extends string>(names: Names, choices: readonly T[], fallback: NoInfer<T>): Option<T> {
  const parse = (given: string): Parsed<T> => {
    const value = choices.find((one) => one === given);
    if (value !== undefined) return { ok: true, value };
    const hint = didYouMean(given, choices);
    const message = `must be one of ${choices.filter((one) => one !== '').join(', ')}, is "${given}"`;
    return { ok: false, message, ...(hint && { hint }) };
  };
  return { names, fallback, parse };
}

/** `true` or `false`. */
export function boolean(names: Names, fallback: boolean): Option<boolean> {
  const parse = (given: string): Parsed<boolean> => {
    if (given === 'true' || given === 'false') return { ok: true, value: given === 'true' };
    return { ok: false, message: `must be true or false, is "${given}"` };
  };
  return { names, fallback, parse };
}

/** Reads an option from the flags, else from the environment; an empty variable counts as none. */
export function readOption<T>(
  option: Option<T>,
  from: {
    readonly flags: Readonly<Record<string, unknown>>;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
  problems: Problem[],
): T {
  const { flag, env } = option.names;
  const given = flag === undefined ? undefined : from.flags[flag];
  const value = given === undefined ? from.env[env] || undefined : String(given);
  if (value === undefined) return option.fallback;
  const parsed = option.parse(value);
  if (parsed.ok) return parsed.value;
  const file = flag === undefined || given === undefined ? env : `--${kebabCase(flag)}`;
  problems.push({ file, message: parsed.message, ...(parsed.hint && { hint: parsed.hint }) });
  return option.fallback;
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
