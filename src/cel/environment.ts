import { compile } from './compile.ts';
import type { Declarations, DeclaredFunction, StructDeclaration } from './declarations.ts';
import type { FunctionDeclaration, KubernetesVersion, Library } from './function.ts';
import type { Compilation } from './program.ts';
import type { Type } from './type.ts';
import type { Value } from './value.ts';

/** What an expression may name. Frozen; made once per kind of expression and shared by all of them. */
export interface Environment {
  readonly version: KubernetesVersion;
  /** Slot of each variable in an activation; `extend` keeps the slots of its parent. */
  readonly slots: ReadonlyMap<string, number>;
  /** What expressions may name, for those who parse, check and plan by themselves. */
  readonly declarations: Declarations;
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
    declarations,
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
    functions: added.length === 0 ? base.functions : withFunctions(version, base.functions, added),
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
