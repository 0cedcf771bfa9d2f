/**
 * What one decision costs, without HTTP: `node test/bench/decide.ts [seconds]`. Judges and mutates a Deployment with three
 * containers by the bundled policies, with defaults and with everything switched on: one object that is good, one that
 * breaks most rules. Prints microseconds of CPU time per call (garbage collection included), the median of several runs.
 */
import type { JsonMap } from '../../src/cel/value.ts';
import { compilePolicy } from '../../src/engine/compile/policy.ts';
import type { PolicySet } from '../../src/engine/compiled.ts';
import { decide } from '../../src/engine/decide.ts';
import type { Context, KubernetesObject, Request } from '../../src/engine/decision.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { policySet } from '../../src/engine/policy-set.ts';
import { parsePolicies } from '../../src/policy/parse.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { builtinPolicies } from '../../src/sources/builtin.ts';
import { CLUSTER } from './cluster-objects.ts';
import { QUICK } from './effort.ts';
import { badReview, goodReview } from './review.ts';

const RUNS = 5;

function bundled(everything: boolean): PolicySet {
  const sources = builtinPolicies().files.flatMap(({ text, file }) => parsePolicies(text, file).sources);
  const policies = sources.map((source) => {
    const action = source.policy.spec.mutations ? 'Mutate' : 'Deny';
    const compiled = compilePolicy(source, everything ? { enforcement: { action } } : {});
    if (!compiled.ok)
      throw new Error(`${source.file} does not compile: ${compiled.problems.map((one) => one.message).join('; ')}`);
    return compiled.policy;
  });
  return policySet(policies, RECOMMENDED);
}

function requestFor(good: boolean): Request {
  return JSON.parse(good ? goodReview() : badReview()).request;
}

function objectsAt(apiVersion: string, resource: string): readonly KubernetesObject[] | undefined {
  const path = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  // Secrets are not there to be listed, and not read either unless the settings say so.
  return resource === 'secrets' ? undefined : ((CLUSTER[`${path}/${resource}`] ?? []) as readonly KubernetesObject[]);
}

const context: Context = {
  now: Date.now(),
  namespace: objectsAt('v1', 'namespaces')?.[0],
  lookup: {
    get: (apiVersion, resource, _namespace, name) => {
      const objects = objectsAt(apiVersion, resource);
      return objects && (objects.find(({ metadata }) => (metadata as JsonMap)['name'] === name) ?? null);
    },
    list: objectsAt,
  },
};

/** Microseconds of CPU per call, once the code is hot. */
function measure(seconds: number, call: () => unknown): number {
  repeat(seconds / 2, call);
  const times = Array.from({ length: RUNS }, () => repeat(seconds / RUNS, call));
  return times.sort((a, b) => a - b)[RUNS >> 1] as number;
}

function repeat(seconds: number, call: () => unknown): number {
  const before = process.cpuUsage();
  const end = performance.now() + seconds * 1000;
  let calls = 0;
  for (; performance.now() < end; calls += 50) for (let count = 0; count < 50; count++) call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

const seconds = QUICK ? 0.2 : Number(process.argv[2] ?? 2);
for (const everything of [false, true]) {
  const set = bundled(everything);
  console.log(`${set.policies.length} policies, ${everything ? 'all switched on' : 'as they come'}`);
  for (const good of [true, false]) {
    const request = requestFor(good);
    const { findings, failures, notJudged } = decide(set, request, context);
    const { patch } = mutate(set, request, context);
    console.log(
      `  ${good ? 'good' : 'bad '}  decide ${measure(seconds, () => decide(set, request, context))
        .toFixed(1)
        .padStart(6)} us` +
        `  mutate ${measure(seconds, () => mutate(set, request, context))
          .toFixed(1)
          .padStart(6)} us` +
        `  (${findings.length} findings, ${findings.filter((finding) => finding.fix).length} fixes, ${failures.length} failures, ${notJudged.length} not judged, ${patch.length} changes)`,
    );
  }
}
