/** The libraries of the benchmark behind one interface. */
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { Environment } from '@marcbachmann/cel-js';
import { kubernetesEnvironment } from '../../src/cel/kubernetes.ts';
import type { Program } from '../../src/cel/program.ts';
import { struct, type Type } from '../../src/cel/type.ts';
import { CelError, LazyStruct, type Result, type Value } from '../../src/cel/value.ts';
import { type CelCase, OBJECT } from './cel-case.ts';

export interface CelLibrary {
  readonly name: string;
  /** Compiles and binds the object; the returned function evaluates. Throws where the library cannot. */
  prepare(expression: CelCase): () => unknown;
}

const KUBERNETES = kubernetesEnvironment('1.36');

function program(expression: string, environment = KUBERNETES): Program {
  const compilation = environment.compile(expression);
  if (!compilation.ok) throw new Error(compilation.issues[0]?.message);
  return compilation.program;
}

/** The variables of a policy, each evaluated on its first use. */
class Variables extends LazyStruct {
  readonly typeName = 'kubernetes.variables';
  private readonly evaluate: (name: string) => Result;
  private readonly known = new Map<string, Result>();

  constructor(evaluate: (name: string) => Result) {
    super();
    this.evaluate = evaluate;
  }

  override field(name: string): Result {
    const value = this.known.get(name) ?? this.evaluate(name);
    this.known.set(name, value);
    return value;
  }
}

/** The environment of a case, with the programs of its variables. */
export function environmentOf({ variables = {} }: CelCase): {
  readonly environment: typeof KUBERNETES;
  readonly programs: ReadonlyMap<string, Program>;
} {
  const programs = new Map(Object.entries(variables).map(([name, expression]) => [name, program(expression)]));
  const fields: Record<string, Type> = Object.fromEntries(Array.from(programs, ([name, { type }]) => [name, type]));
  return {
    environment: KUBERNETES.extend({ variables: { variables: struct('kubernetes.variables', fields) } }),
    programs,
  };
}

const tidegate: CelLibrary = {
  name: 'tidegate',
  prepare(expression) {
    const { environment, programs } = environmentOf(expression);
    const { slots } = environment;
    const compiled = program(expression.expression, environment);
    const variables: (Value | undefined)[] = new Array(slots.size).fill(undefined);
    const activation = { variables, cost: 0, limit: Number.MAX_SAFE_INTEGER };
    variables[slots.get('object') as number] = OBJECT;
    const slot = slots.get('variables') as number;
    const variable = (name: string): Result =>
      programs.get(name)?.evaluate(activation) ?? new CelError(`no such variable: ${name}`);
    return () => {
      activation.cost = 0;
      if (programs.size > 0) variables[slot] = new Variables(variable);
      return compiled.evaluate(activation);
    };
  },
};

const celJs: CelLibrary = {
  name: '@marcbachmann/cel-js',
  prepare({ expression, variables = {} }) {
    const environment = new Environment({ enableOptionalTypes: true })
      .registerVariable('object', 'dyn')
      .registerVariable('variables', 'dyn');
    const evaluate = environment.parse(expression);
    const programs = Object.entries(variables).map(([name, text]) => [name, environment.parse(text)] as const);
    const context = { object: OBJECT, variables: {} };
    return () => {
      if (programs.length > 0) context.variables = lazily(programs, context);
      return evaluate(context);
    };
  },
};

type Evaluate = (context: Readonly<Record<string, unknown>>) => unknown;

// An object whose properties are evaluated on their first use.
function lazily(
  programs: readonly (readonly [string, Evaluate])[],
  context: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  for (const [name, evaluate] of programs) {
    let value: unknown;
    Object.defineProperty(variables, name, { enumerable: true, get: () => (value ??= evaluate(context)) });
  }
  return variables;
}

const celEs: CelLibrary = {
  name: '@bufbuild/cel',
  prepare({ expression, variables }) {
    if (variables) throw new Error('no lazy variables');
    const evaluate = plan(celEnv({ funcs: [...strings] }), parse(expression));
    // It reads maps, not objects: converted once, outside of what is measured.
    const context = { object: asMap(OBJECT) as Map<string, string> };
    return () => {
      const result = evaluate(context);
      if (isCelError(result)) throw result;
      return result;
    };
  },
};

function asMap(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map(asMap);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, field]) => [key, asMap(field)]));
}

/** Ours is the first. */
export const LIBRARIES: readonly CelLibrary[] = [tidegate, celJs, celEs];
