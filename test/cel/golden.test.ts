import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { activation } from '../../src/cel/activation.ts';
import type { KubernetesVersion } from '../../src/cel/function.ts';
import { formatIssues } from '../../src/cel/issue.ts';
import { kubernetesEnvironment } from '../../src/cel/kubernetes.ts';
import { typeId } from '../../src/cel/type-format.ts';
import { CelError, type Value } from '../../src/cel/value.ts';
import { AUTHORIZER_OF_CLERK, REQUEST_RESOURCE } from '../oracle/clerk.ts';
import { literal } from '../oracle/literal.ts';

/** What the API server answered, see test/oracle/README.md. */
interface Answer {
  readonly expression: string;
  readonly compileError?: string;
  readonly staticType?: string;
  readonly value?: string;
  readonly error?: string;
  readonly cost?: number;
}

const ORACLE = new URL('../oracle/', import.meta.url);
function read(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, ORACLE), 'utf8'));
}

function answer(version: KubernetesVersion, expression: string, request: Readonly<Record<string, Value>>): Answer {
  const environment = kubernetesEnvironment(version, { params: true, authorizer: true, patchTypes: true });
  const compilation = environment.compile(expression);
  if (!compilation.ok)
    return { expression, compileError: `compilation failed: ${formatIssues(expression, compilation.issues)}`, cost: 0 };
  const inputs = activation(environment, {
    oldObject: null,
    params: null,
    request: null,
    namespaceObject: null,
    authorizer: AUTHORIZER_OF_CLERK,
    'authorizer.requestResource': REQUEST_RESOURCE,
    ...request,
  });
  const result = compilation.program.evaluate(inputs);
  const known = { expression, staticType: typeId(compilation.program.type) };
  if (result instanceof CelError) return { ...known, error: result.message, cost: inputs.cost };
  return { ...known, value: literal(result), cost: inputs.cost };
}

const PANIC = 'the API server panics on a value that is no list; ours is an error like any other';
const REFUND = 'a negative depth has a negative cost in 1.36, which pays for other calls; ours costs as in 1.37';

const RECOVERY = 'the API server reads on behind a syntax error; ours says where it is';

/** Where we do not answer as the API server does, and why. An entry that is no longer needed fails the test. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  'object.number.distinct()': PANIC,
  'object.nothing.distinct()': PANIC,
  'object.maps.sortBy(x, string(x))': PANIC,
  '': 'the API server puts the problem at column 0 and shows no line',
  'f(,)': RECOVERY,
  in: RECOVERY,
  'JSONPatch{nope: 1}': 'the API server finds a field without a type; ours says that the field is not there',
  'object.spec.containers.transformMapEntry(i, x, {x: i})': 'the API server takes a map as a key; ours refuses it',
  'has(quantity("1").value)': 'the API server names a failed resolution; ours says what cannot be selected',
};

const EXPLAINED: Readonly<Record<KubernetesVersion, Readonly<Record<string, string>>>> = {
  '1.37': EVERYWHERE,
  '1.36': {
    ...EVERYWHERE,
    optional_type: '1.36 prints the type of the name without its parameter, 1.37 with it; ours is as in 1.37',
    '[1].flatten(-1)': REFUND,
    'object.nested.flatten(-1)': REFUND,
    'object.number.flatten(-1)': REFUND,
  },
};

/** The API server finds errors of constants when it plans, and does not say where; we do. */
const PLANNING = 'program instantiation failed: ';

function isSamePlanningError(golden: Answer, ours: Answer): boolean {
  const message = golden.compileError?.startsWith(PLANNING) && golden.compileError.slice(PLANNING.length);
  return message ? ours.compileError?.includes(`: ${message}\n`) === true : false;
}

const FAMILIES = readdirSync(new URL('expressions/', ORACLE)).map((file) => file.replace('.json', ''));

/** The answers of 1.37, and for an older version the ones that it gives instead. */
function goldensOf(version: KubernetesVersion, family: string): readonly Answer[] {
  const newest = read(`golden/${family}.json`) as readonly Answer[];
  const older = `golden/${version}/${family}.json`;
  if (!existsSync(new URL(older, ORACLE))) return newest;
  const instead = new Map((read(older) as readonly Answer[]).map((golden) => [golden.expression, golden]));
  return newest.map((golden) => instead.get(golden.expression) ?? golden);
}

describe.each<KubernetesVersion>(['1.37', '1.36'])('the answers of the API server of Kubernetes %s', (version) => {
  it.each(FAMILIES)('%s', (family) => {
    const { request } = read(`expressions/${family}.json`) as { request: Record<string, Value> };
    const goldens = goldensOf(version, family);
    const differences = goldens.flatMap((golden) => {
      const ours = answer(version, golden.expression, request);
      return isDeepStrictEqual(ours, golden) || isSamePlanningError(golden, ours) ? [] : [{ ours, golden }];
    });
    const explained = EXPLAINED[version];
    const unexplained = differences.filter(({ golden }) => explained[golden.expression] === undefined);
    expect(unexplained.map(({ ours }) => ours)).toEqual(unexplained.map(({ golden }) => golden));
    const needless = goldens.filter(
      (golden) => explained[golden.expression] !== undefined && !differences.some((found) => found.golden === golden),
    );
    expect(needless).toEqual([]);
  });
});
