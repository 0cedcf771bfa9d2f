/** Whether the API server will take an expression: compiled as it compiles native policies. */
import type { Environment } from '../cel/environment.ts';
import { BOOL, STRING, type Type } from '../cel/type.ts';
import { NATIVE_MUTATING, NATIVE_VALIDATING, withNativeVariables } from '../engine/environment.ts';
import type { NamedExpression } from '../policy/policy.ts';
import type { NativeBody } from './rule.ts';

/** The first problem of the variables, each compiled with those before it, and of the rule with all; undefined where all is well. */
export function problemOf(variables: readonly NamedExpression[], body: NativeBody): string | undefined {
  const declared = declare(variables);
  if ('problem' in declared) return declared.problem;
  const environment = withNativeVariables(
    body.kind === 'validation' ? NATIVE_VALIDATING : NATIVE_MUTATING,
    declared.types,
  );
  if (body.kind === 'mutation') {
    const { jsonPatch, applyConfiguration } = body.rule;
    return problemIn(environment, (jsonPatch ?? applyConfiguration)?.expression ?? '');
  }
  const { expression, messageExpression } = body.rule;
  const problem = problemIn(environment, expression, BOOL);
  return problem ?? (messageExpression === undefined ? undefined : problemIn(environment, messageExpression, STRING));
}

/** The static type of one of the variables; undefined where it or one before it does not compile. */
export function typeOfVariable(variables: readonly NamedExpression[], name: string): Type | undefined {
  const declared = declare(variables);
  return 'problem' in declared ? undefined : declared.types[name];
}

function declare(
  variables: readonly NamedExpression[],
): { readonly types: Readonly<Record<string, Type>> } | { readonly problem: string } {
  const types: Record<string, Type> = {};
  for (const { name, expression } of variables) {
    const compilation = withNativeVariables(NATIVE_VALIDATING, types).compile(expression);
    if (!compilation.ok) return { problem: compilation.issues[0]?.message ?? '' };
    types[name] = compilation.program.type;
  }
  return { types };
}

function problemIn(environment: Environment, expression: string, type?: Type): string | undefined {
  const compilation = environment.compile(expression, type && [type]);
  return compilation.ok ? undefined : compilation.issues[0]?.message;
}
