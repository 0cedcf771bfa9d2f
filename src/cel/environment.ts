import { compile } from './compile.ts';
import type { Declarations, DeclaredFunction, StructDeclaration } from './declarations.ts';
import type { FunctionDeclaration, KubernetesVersion, Library } from './function.ts';
import type { Type } from './type.ts';
import type { Result, Value } from './value.ts';

/** What an expression may name. Frozen; made once per kind of expression and shared by all of them. */
export interface Environment {
  readonly version: KubernetesVersion;
  /** Slot of each variable in an activation; `extend` keeps the slots of its parent. */
  readonly slots: ReadonlyMap<string, number>;
  /**
   * A new environment with more variables, functions, or a new type for a variable that is already there (as
   * `variables` grows a field with each declared variable).
   */
  extend(additions: EnvironmentOptions): Environment;
  /** Parses, checks and plans; all problems at once, none of them thrown. `expect` lists the accepted result types. */
  compile(source: string, expect?: readonly Type[]): Compilation;
}

export interface EnvironmentOptions {
  readonly libraries?: readonly Library[];
  readonly variables?: Readonly<Record<string, Type>>;
  readonly functions?: readonly FunctionDeclaration[];
  readonly constants?: Readonly<Record<string, { readonly type: Type; readonly value: Value }>>;
  /** The structs that literals may make, by their names; asked before those of the parent. */
  readonly structs?: (name: string) => StructDeclaration | undefined;
}

export type Compilation =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** A problem found before evaluation. Offsets count UTF-16 units, line and column from 1 in code points. */
export interface Issue {
  readonly message: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** A planned expression: closures over slots, no tree walk. Safe to share; all state is in the activation. */
export interface Program {
  readonly source: string;
  readonly type: Type;
  /** Names of the environment's variables that the expression reads. */
  readonly references: ReadonlySet<string>;
  /** All calls, with those arguments that are literals: lets the host see `resources.get("v1", …)` ahead. */
  readonly calls: readonly { readonly name: string; readonly literals: readonly (Value | undefined)[] }[];
  /** Returns a value or a CelError, never throws. Costs are added to the activation. */
  evaluate(activation: Activation): Result;
}

/**
 * The inputs and the meter of evaluations. One activation serves all expressions of a policy on one request: `cost` adds
 * up over them until the host resets it; an evaluation that passes `limit` ends in a budget error that nothing absorbs.
 */
export interface Activation {
  /** By slot of the environment. */
  readonly variables: (Value | undefined)[];
  cost: number;
  limit: number;
  /** Elements that lists were copied into, which costs do not count; the engine's own. */
  copied?: number;
}

/** An environment of nothing but what the options name; functions of later versions than `version` are left out. */
export function environment(version: KubernetesVersion, options: EnvironmentOptions = {}): Environment {
  const nothing: Declarations = {
    variables: new Map(),
    constants: new Map(),
    functions: new Map(),
    // Kubernetes 1.36 has no escaped names yet.
    escapedNames: version !== '1.36',
    struct: () => undefined,
  };
  return fromDeclarations(version, extended(version, nothing, options));
}

function fromDeclarations(version: KubernetesVersion, declarations: Declarations): Environment {
  const slots = new Map(Array.from(declarations.variables, ([name, { slot }]) => [name, slot]));
  return Object.freeze({
    version,
    slots,
    extend: (additions: EnvironmentOptions) => fromDeclarations(version, extended(version, declarations, additions)),
    compile: (source: string, expect?: readonly Type[]) => compile(source, declarations, expect),
  });
}

function extended(version: KubernetesVersion, base: Declarations, options: EnvironmentOptions): Declarations {
  const { libraries = [], structs } = options;
  const constants = new Map(base.constants);
  for (const library of libraries) {
    for (const { name, type, value } of library.constants ?? []) constants.set(name, { type, value });
  }
  for (const [name, constant] of Object.entries(options.constants ?? {})) constants.set(name, constant);
  const added = [...libraries.flatMap((library) => library.functions), ...(options.functions ?? [])];
  return {
    variables: withVariables(base.variables, options.variables ?? {}),
    constants,
    functions: withFunctions(version, base.functions, added),
    escapedNames: base.escapedNames,
    struct: (name) => structs?.(name) ?? base.struct(name),
  };
}

// A variable that is there already keeps its slot and takes the new type.
function withVariables(
  base: Declarations['variables'],
  added: Readonly<Record<string, Type>>,
): Declarations['variables'] {
  const variables = new Map(base);
  for (const [name, type] of Object.entries(added))
    variables.set(name, { slot: base.get(name)?.slot ?? variables.size, type });
  return variables;
}

function minor(version: KubernetesVersion): number {
  return Number(version.split('.')[1]);
}

function withFunctions(
  version: KubernetesVersion,
  base: Declarations['functions'],
  added: readonly FunctionDeclaration[],
): Declarations['functions'] {
  const functions = new Map<string, DeclaredFunction>(base);
  for (const { name, overloads, cost, since, until } of added) {
    if (minor(since ?? version) > minor(version) || minor(until ?? version) < minor(version)) continue;
    const known = functions.get(name);
    const byName = cost ?? known?.cost;
    functions.set(name, { overloads: [...(known?.overloads ?? []), ...overloads], ...(byName && { cost: byName }) });
  }
  return functions;
}
