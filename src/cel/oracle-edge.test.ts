import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { activation } from './activation.ts';
import type { KubernetesVersion } from './function.ts';
import { formatIssues } from './issue.ts';
import { kubernetesEnvironment } from './kubernetes.ts';
import { tagged } from './tagged.ts';
import { struct } from './type.ts';
import { typeId } from './type-format.ts';
import { typeNameOf } from './type-value.ts';
import { CelError, type JsonMap, type Value } from './value.ts';

interface Answer {
  readonly value: unknown;
  readonly type?: string;
  readonly err?: string;
  readonly cost: number;
}

interface Case {
  readonly expr: string;
  readonly inputs: readonly string[];
  readonly compileErr?: string;
  readonly outType?: string;
  readonly results?: readonly Answer[];
}

// The API server's own answers, kept beside the repository; not part of it.
const FILE = new URL('../../../shared/cel-oracle/edge-cases.json', import.meta.url);
const missing = !existsSync(FILE);
if (missing) console.warn('SKIPPED: no ../shared/cel-oracle beside the repository');

const version: KubernetesVersion = '1.37';

function load(): { inputs: Record<string, Record<string, Value>>; cases: readonly Case[] } {
  return missing ? { inputs: {}, cases: [] } : JSON.parse(readFileSync(FILE, 'utf8'));
}

describe.skipIf(missing)(
  `the answers of the API server${missing ? ' (SKIPPED: no ../shared/cel-oracle beside the repository)' : ''}`,
  () => {
    const { inputs, cases } = load();
    const environment = kubernetesEnvironment(version, { params: true, authorizer: true, patchTypes: true }).extend({
      variables: { variables: struct('kubernetes.variables', {}) },
    });

    it.each(cases.map((answer, index) => [`${index}: ${answer.expr}`, answer] as const))('%s', (_, answer) => {
      const compilation = environment.compile(answer.expr);
      if (!compilation.ok) {
        expect(formatIssues(answer.expr, compilation.issues)).toBe(
          answer.compileErr?.replace('compilation failed: ', ''),
        );
        return;
      }
      expect(typeId(compilation.program.type)).toBe(answer.outType);
      answer.results?.forEach((wanted, index) => {
        const input = inputs[answer.inputs[index] ?? ''] as JsonMap;
        const evaluation = activation(environment, { ...input, variables: {} });
        const result = compilation.program.evaluate(evaluation);
        const failed = result instanceof CelError;
        expect({
          value: failed ? null : tagged(result),
          ...(failed ? { err: result.message } : { type: typeNameOf(result) }),
          cost: evaluation.cost,
        }).toEqual(wanted);
      });
    });
  },
);
