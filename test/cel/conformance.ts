import { tests as suite } from '@bufbuild/cel-spec/testdata/conformance.js';
import { activation } from '../../src/cel/activation.ts';
import type { Environment } from '../../src/cel/environment.ts';
import type { FunctionDeclaration } from '../../src/cel/function.ts';
import { formatIssues } from '../../src/cel/issue.ts';
import { kubernetesEnvironment } from '../../src/cel/kubernetes.ts';
import { tagged } from '../../src/cel/tagged.ts';
import type { Type } from '../../src/cel/type.ts';
import { typeId } from '../../src/cel/type-format.ts';
import { CelError, type Value } from '../../src/cel/value.ts';
import { readType, readValue, type SpecType, type SpecValue } from './spec-value.ts';

interface Declaration {
  readonly name: string;
  readonly ident?: { readonly type: SpecType };
  readonly function?: { readonly overloads: readonly SpecOverload[] };
}

interface SpecOverload {
  readonly overloadId: string;
  readonly params: readonly SpecType[];
  readonly resultType: SpecType;
  readonly isInstanceFunction?: boolean;
}

/** One test of the CEL specification. */
export interface SpecTest {
  readonly id: string;
  readonly expr: string;
  readonly value?: SpecValue;
  readonly evalError?: unknown;
  readonly typedResult?: { readonly result?: SpecValue; readonly deducedType?: SpecType };
  readonly typeEnv?: readonly Declaration[];
  readonly bindings?: Readonly<Record<string, { readonly value: SpecValue }>>;
  readonly checkOnly?: boolean;
}

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: unknown }[];
}

/** All tests, named `file/section/test`. */
export function specTests(): readonly SpecTest[] {
  const walk = (part: Suite, path: string): SpecTest[] => [
    ...(part.tests ?? []).map(({ original }) => {
      const test = original as Omit<SpecTest, 'id'> & { readonly name: string };
      return { ...test, id: `${path}/${test.name}` };
    }),
    ...(part.suites ?? []).flatMap((child) => walk(child, path === '' ? child.name : `${path}/${child.name}`)),
  ];
  return walk(suite as Suite, '');
}

/** `file/section` of the name of a test. */
export function sectionOf(id: string): string {
  return id.split('/').slice(0, 2).join('/');
}

/** Runs a test in the environment of Kubernetes; undefined where it passes, else what is wrong. */
export function run(test: SpecTest): string | undefined {
  const environment = environmentOf(test.typeEnv ?? []);
  if (!environment) return 'the test declares a message';
  const compilation = environment.compile(test.expr);
  if (!compilation.ok) return test.evalError ? undefined : formatIssues(test.expr, compilation.issues);
  const { program } = compilation;
  const type = typeProblem(test, program.type);
  if (type !== undefined || test.checkOnly) return type;
  const values = bound(test);
  if (!values) return 'the test binds a message';
  const result = program.evaluate(activation(environment, values));
  if (result instanceof CelError) return test.evalError ? undefined : `error: ${result.message}`;
  if (test.evalError) return `no error, but ${JSON.stringify(tagged(result))}`;
  const expected = readValue(test.value ?? test.typedResult?.result ?? { boolValue: true });
  if (expected === undefined) return 'the test expects a message';
  const [found, wanted] = [result, expected].map((value) => canonical(tagged(value)));
  return found === wanted ? undefined : `${found} instead of ${wanted}`;
}

function environmentOf(declarations: readonly Declaration[]): Environment | undefined {
  const variables: Record<string, Type> = {};
  const functions: FunctionDeclaration[] = [];
  for (const { name, ident, function: declared } of declarations) {
    const type = ident && readType(ident.type);
    if (ident && !type) return undefined;
    if (type) variables[name] = type;
    for (const overload of declared?.overloads ?? []) {
      const parameters = overload.params.map(readType);
      const result = readType(overload.resultType);
      if (!result || parameters.includes(undefined)) return undefined;
      const call = () => new CelError('declared only');
      functions.push({
        name,
        overloads: [
          {
            id: overload.overloadId,
            parameters: parameters as Type[],
            result,
            call,
            member: overload.isInstanceFunction ?? false,
          },
        ],
      });
    }
  }
  return kubernetesEnvironment('1.37').extend({ variables, functions });
}

function bound(test: SpecTest): Record<string, Value> | undefined {
  const values: Record<string, Value> = {};
  for (const [name, { value }] of Object.entries(test.bindings ?? {})) {
    const read = readValue(value);
    if (read === undefined) return undefined;
    values[name] = read;
  }
  return values;
}

function typeProblem(test: SpecTest, found: Type): string | undefined {
  const spec = test.typedResult?.deducedType;
  if (!spec) return undefined;
  const expected = readType(spec);
  if (!expected) return 'the test expects a message type';
  return typeId(expected) === typeId(found) ? undefined : `type ${typeId(found)} instead of ${typeId(expected)}`;
}

// The order of a map is nobody's business.
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
