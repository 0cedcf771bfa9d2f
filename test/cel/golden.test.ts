import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { activation } from '../../src/cel/activation.ts';
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
const environment = kubernetesEnvironment('1.37', { params: true, authorizer: true, patchTypes: true });

function read(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, ORACLE), 'utf8'));
}

function answer(expression: string, request: Readonly<Record<string, Value>>): Answer {
  const compilation = environment.compile(expression);
  if (!compilation.ok) return { expression, compileError: formatIssues(expression, compilation.issues), cost: 0 };
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

const FAMILIES = readdirSync(new URL('golden/', ORACLE)).map((file) => file.replace('.json', ''));

describe('the answers of the Kubernetes API server', () => {
  it.each(FAMILIES)('%s', (family) => {
    const { request } = read(`expressions/${family}.json`) as { request: Record<string, Value> };
    const wanted = read(`golden/${family}.json`) as readonly Answer[];
    expect(wanted.map(({ expression }) => answer(expression, request))).toEqual(
      wanted.map((golden) => ({
        ...golden,
        ...(golden.compileError === undefined
          ? {}
          : { compileError: golden.compileError.replace(/^compilation failed: /, '') }),
      })),
    );
  });
});
