import type { Type } from '../type.ts';
import { interpolate } from './format-template.ts';
import { FormatProblem, type Verb, WRONG_TYPE } from './format-value.ts';

/** A literal argument of `format` as the checker sees it. */
export interface FormatArgument {
  readonly type: Type;
  /** The elements of a list literal, or the keys and values of a map literal in their order; absent otherwise. */
  readonly parts?: readonly FormatArgument[];
}

/** A problem found before evaluation: at an argument (or a part of it), or at the call where there is none. */
export interface FormatIssue {
  readonly message: string;
  readonly argument?: FormatArgument;
}

const PRIMITIVES: Readonly<Record<Verb, ReadonlySet<string>>> = {
  s: new Set([
    'int',
    'uint',
    'double',
    'bool',
    'string',
    'bytes',
    'null_type',
    'google.protobuf.Timestamp',
    'google.protobuf.Duration',
  ]),
  d: new Set(['int', 'uint']),
  f: new Set(['double', 'string']),
  e: new Set(['double', 'string']),
  b: new Set(['int', 'uint', 'bool']),
  x: new Set(['int', 'uint', 'string', 'bytes']),
  o: new Set(['int', 'uint']),
};

/**
 * Checks `'template'.format([arguments])` where both are literals: the clauses, the number of arguments, and their types
 * where they are known. Returns what is wrong first, or undefined.
 */
export function checkFormat(template: string, args: readonly FormatArgument[]): FormatIssue | undefined {
  let used = 0;
  const outcome = interpolate<FormatIssue>(template, args.length, ({ verb }, index) => {
    used = index + 1;
    return argumentIssue(verb, args[index] as FormatArgument) ?? '';
  });
  if (typeof outcome !== 'string') return outcome instanceof FormatProblem ? { message: outcome.message } : outcome;
  if (args.length <= used) return undefined;
  return { message: `too many arguments supplied to string.format (expected ${used}, got ${args.length})` };
}

function argumentIssue(verb: Verb, argument: FormatArgument): FormatIssue | undefined {
  if (!accepts(verb, argument.type)) {
    const message = `error during formatting: ${WRONG_TYPE[verb]}, was given ${typeName(argument.type)}`;
    return { message, argument };
  }
  if (verb !== 's') return undefined;
  for (const part of argument.parts ?? []) {
    const issue = argumentIssue(verb, part);
    if (issue !== undefined) return issue;
  }
  return undefined;
}

function accepts(verb: Verb, type: Type): boolean {
  if (type.kind === 'dyn') return true;
  if (type.kind === 'primitive') return PRIMITIVES[verb].has(type.name);
  return verb === 's' && (type.kind === 'list' || type.kind === 'map' || type.kind === 'type');
}

function typeName(type: Type): string {
  return 'name' in type ? type.name : type.kind;
}
