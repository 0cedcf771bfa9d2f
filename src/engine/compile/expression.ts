/** One CEL expression of a policy -> a program of the wanted type, or problems that name the very character. */
import type { Environment } from '../../cel/environment.ts';
import type { Program } from '../../cel/program.ts';
import type { Type } from '../../cel/type.ts';
import { formatType } from '../../cel/type-format.ts';
import type { Path } from '../../policy/path.ts';
import { didYouMean } from '../../policy/suggest.ts';
import { type Draft, report } from '../draft.ts';
import { LOOKUPS } from '../library/resources.ts';
import { type LateEnvironment, LateProgram } from './late-program.ts';

/** What an expression must yield: how to say it, and which static types will do. */
export interface Wanted {
  readonly name: string;
  readonly accepts: (type: Type) => boolean;
  readonly hint?: string;
}

export const ANY: Wanted = { name: 'a value', accepts: () => true };

// As in Kubernetes, a value that may turn out to be anything is no bool: `object.spec.x == true` is.
export const A_BOOL: Wanted = { name: 'a bool', accepts: isPrimitive('bool'), hint: 'compare it: `… == true`' };

export const A_STRING: Wanted = { name: 'a string', accepts: isPrimitive('string'), hint: 'convert it: `string(…)`' };

/** Mostly a parameter, whose type only its schema knows. */
export const AN_ACTION: Wanted = {
  name: 'a string',
  accepts: (type) => isPrimitive('string')(type) || type.kind === 'dyn',
};

export const ITEMS: Wanted = {
  name: 'a list or a map',
  accepts: (type) => type.kind === 'list' || type.kind === 'map' || type.kind === 'dyn',
};

export const A_JSON_PATCH: Wanted = {
  name: 'a list of JSONPatch{}',
  accepts: (type) => type.kind === 'list' && (type.element.kind === 'dyn' || isStruct(type.element, 'JSONPatch')),
};

/** As the API server wants it: a list that may hold anything is not enough. */
export const JSON_PATCHES: Wanted = {
  name: 'a list of JSONPatch{}',
  accepts: (type) => type.kind === 'list' && isStruct(type.element, 'JSONPatch'),
};

export const A_STRING_OR_NULL: Wanted = {
  name: 'a string or null',
  accepts: (type) => isPrimitive('string')(type) || isPrimitive('null_type')(type),
};

export const A_CONFIGURATION: Wanted = { name: 'an Object{}', accepts: (type) => isStruct(type, 'Object') };

/** Compiles the expression at `path`, late where it is known to compile; undefined where a problem was reported. */
export function compileExpression(
  draft: Draft,
  late: LateEnvironment,
  path: Path,
  expression: string,
  wanted: Wanted,
): Program | undefined {
  if (draft.source.checked) return new LateProgram(late, expression);
  const environment = late();
  const compilation = environment.compile(expression);
  if (!compilation.ok) {
    for (const { message, offset } of compilation.issues.slice(0, MOST_ISSUES)) {
      const hint = hintFor(message, environment, wanted);
      report(draft, path, message, { hint, offset, excerpt: excerptOf(expression, offset) });
    }
    return undefined;
  }
  const { program } = compilation;
  if (!wanted.accepts(program.type)) {
    const hint = program.type.kind === 'dyn' ? wanted.hint : undefined;
    report(draft, path, `must yield ${wanted.name}, yields ${formatType(program.type)}`, { hint });
    return undefined;
  }
  draft.programs.push(program);
  noteLookups(draft, path, program);
  return program;
}

/** Of one expression: nobody reads more, and each costs a search for what may have been meant. */
const MOST_ISSUES = 20;

/** What the program looks up must be written out: the cluster's objects of that kind are watched before any request. */
function noteLookups(draft: Draft, path: Path, program: Program): void {
  if (!program.references.has('resources')) return;
  for (const { name, literals } of program.calls.filter((call) => LOOKUPS.has(call.name))) {
    const [, apiVersion, resource] = literals;
    if (typeof apiVersion === 'string' && typeof resource === 'string') {
      draft.lookups.set(`${apiVersion} ${resource}`, { apiVersion, resource });
    } else {
      const hint = 'so that Tidegate knows what to watch';
      report(draft, path, `resources.${name} needs its apiVersion and resource as text in quotes`, { hint });
    }
  }
}

function hintFor(message: string, environment: Environment, wanted: Wanted): string | undefined {
  const known = HINTS.find(([pattern]) => pattern.test(message))?.[1];
  if (known !== undefined) return known;
  if (wanted === A_STRING && /^Syntax error/.test(message)) return "text stands in quotes of its own: 'a ' + item.name";
  return nearestName(message, environment);
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/undeclared reference to 'variables'/, 'matchConditions come before the variables, as in Kubernetes'],
  [/undeclared reference to 'item(Key|Path)?'/, 'item, itemKey and itemPath are there under a forEach'],
  [/token recognition error at: '=>/, 'a macro takes a name and an expression: containers.all(c, has(c.image))'],
  [/token recognition error at: '=/, 'equality is =='],
];

/** A variable or function that may have been meant by a name that nobody knows. */
function nearestName(message: string, { declarations }: Environment): string | undefined {
  const [, unknown] = /undeclared reference to '([a-z][\w.]*)'/.exec(message) ?? [];
  if (unknown === undefined) return undefined;
  // Operators are functions too, of names such as _+_.
  const functions = [...declarations.functions.keys()].filter((name) => /^[a-z]/i.test(name));
  return didYouMean(unknown, [...declarations.variables.keys(), ...functions]);
}

// Wide enough for a terminal beside the indentation.
const WIDTH = 100;

/** The line of the expression with a caret under the character; a long line is cut to the part around it. */
function excerptOf(expression: string, offset: number): string {
  const start = expression.lastIndexOf('\n', offset - 1) + 1;
  const end = expression.indexOf('\n', offset);
  const from = Math.max(start, offset - WIDTH / 2);
  const to = Math.min(end < 0 ? expression.length : end, from + WIDTH);
  const before = `${from > start ? '…' : ''}${expression.slice(from, offset)}`;
  const after = `${expression.slice(offset, to)}${to < (end < 0 ? expression.length : end) ? '…' : ''}`;
  return `${before}${after}\n${' '.repeat([...before].length)}^`.replaceAll('\t', ' ');
}

function isPrimitive(name: string): (type: Type) => boolean {
  return (type) => type.kind === 'primitive' && type.name === name;
}

function isStruct(type: Type, name: string): boolean {
  return type.kind === 'struct' && type.name === name;
}
