/** Resources that came as objects, not as text: from a cluster. What is wrong with them is placed by path. */
import type { JsonMap, Value } from '../cel/value.ts';
import { type ParsedPolicies, parseDocument } from './parse.ts';
import { valueAt } from './path.ts';
import type { Position, Problem } from './problem.ts';
import type { YamlDocument } from './yaml-document.ts';

/** An object as the API server gives it: these fields it always has. */
export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly generation: number;
    readonly [field: string]: unknown;
  };
  readonly spec?: Value;
  readonly status?: JsonMap;
}

/** What is wrong with an object that somebody is about to write. */
export interface ResourceCheck {
  /** It could never be in force as it is. */
  readonly problems: readonly Problem[];
  /** It does nothing now, and may later. */
  readonly doubts: readonly Problem[];
}

/** Checks our own resources. */
export interface ResourceChecks {
  policy(object: LiveObject): ResourceCheck;
  /** `now` is in ms of the epoch. */
  exception(object: LiveObject, now: number): ResourceCheck;
}

/**
 * Reads one object of the cluster as a document of a policy file would be read. Its problems, and those of compiling it, become
 * readable by `placedByPath`; `name`, such as `Policy/require-x`, stands for the file.
 */
export function parseResource(value: Value, name: string): ParsedPolicies {
  return { sources: [], natives: [], exceptions: [], ...parseDocument(objectDocument(value), name) };
}

/** Positions are those of a character in a string: an object has no lines of its own. */
function objectDocument(value: Value): YamlDocument {
  return {
    value,
    locate: (path, offset) => (offset === undefined ? undefined : positionIn(valueAt(value, path), offset)),
    locateKey: () => undefined,
  };
}

function positionIn(text: unknown, offset: number): Position | undefined {
  if (typeof text !== 'string') return undefined;
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/**
 * The problems in the order of their paths, each line and column behind the path, being those of the string there:
 * `Policy/require-x: spec.validations[0].expression:1:14: …`. Those of other files, such as the settings, stay as they are.
 */
export function placedByPath(problems: readonly Problem[], name: string): readonly Problem[] {
  const placed = problems.map((problem) => {
    const { line, column, path = '', ...rest } = problem;
    return problem.file !== name || line === undefined ? problem : { ...rest, path: `${path}:${line}:${column}` };
  });
  return placed.toSorted((a, b) => (a.path ?? '').localeCompare(b.path ?? '', 'en', { numeric: true }));
}
