/** One typical expression in our CEL engine, next to the two best JavaScript libraries. Compiling is not measured. */
import { celEnv, parse, plan } from '@bufbuild/cel';
import { Environment } from '@marcbachmann/cel-js';
import { kubernetesEnvironment } from '../../src/cel/kubernetes.ts';
import { DYN } from '../../src/cel/type.ts';
import type { Value } from '../../src/cel/value.ts';
import { median } from './median.ts';
import { table } from './table.ts';

const EXPRESSION =
  "object.spec.containers.all(c, has(c.livenessProbe) && has(c.resources) && has(c.resources.limits) && 'memory' in c.resources.limits)";

const BATCH = 20_000;
const ROUNDS = 15;

function pod(): { readonly [key: string]: Value } {
  const containers = ['web', 'cache', 'exporter'].map((name) => ({
    name,
    image: `registry.example.com/shop/${name}:1.4.2`,
    livenessProbe: { httpGet: { path: '/live', port: 8080 } },
    resources: { limits: { cpu: '250m', memory: '256Mi' }, requests: { cpu: '250m', memory: '256Mi' } },
  }));
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'shop', namespace: 'store' }, spec: { containers } };
}

type Evaluate = () => unknown;

function ours(): Evaluate {
  const env = kubernetesEnvironment('1.36').extend({ variables: { object: DYN } });
  const compiled = env.compile(EXPRESSION);
  if (!compiled.ok) throw new Error(compiled.issues[0]?.message);
  const { program } = compiled;
  const variables: (Value | undefined)[] = new Array(env.slots.size).fill(undefined);
  variables[env.slots.get('object') ?? 0] = pod();
  const activation = { variables, cost: 0, limit: Number.MAX_SAFE_INTEGER };
  return () => program.evaluate(activation);
}

function celJs(): Evaluate {
  const expression = new Environment().registerVariable('object', 'map').parse(EXPRESSION);
  const context = { object: pod() };
  return () => expression(context);
}

function celEs(): Evaluate {
  const expression = plan(celEnv(), parse(EXPRESSION));
  // It reads maps, not objects: converted once, outside of what is measured.
  const context = { object: asMap(pod()) as Map<string, string> };
  return () => expression(context);
}

function asMap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asMap);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, field]) => [key, asMap(field)]));
}

/** Microseconds of one evaluation, by library; rounds are interleaved. Throws where one does not yield true. */
export function benchCel(): void {
  const libraries = { tidegate: ours(), '@marcbachmann/cel-js': celJs(), '@bufbuild/cel': celEs() };
  const rounds = new Map<string, number[]>();
  for (const [name, evaluate] of Object.entries(libraries)) {
    const result = evaluate();
    if (result !== true) throw new Error(`${name} yields ${String(result)}`);
    rounds.set(name, []);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, evaluate] of Object.entries(libraries)) rounds.get(name)?.push(microseconds(evaluate));
  }
  const reference = median(rounds.get('tidegate') ?? []);
  const rows = Array.from(rounds, ([name, times]) => {
    const time = median(times);
    return [name, time.toFixed(2), `${(time / reference).toFixed(1)}x`];
  });
  console.log(`CEL, one expression over three containers (median of ${ROUNDS} rounds)\n`);
  console.log(table([['', 'us', ''], ...rows]));
}

function microseconds(evaluate: Evaluate): number {
  const began = performance.now();
  let wrong = 0;
  for (let count = 0; count < BATCH; count++) if (evaluate() !== true) wrong++;
  if (wrong > 0) throw new Error(`${wrong} evaluations did not yield true`);
  return ((performance.now() - began) * 1000) / BATCH;
}
