/** What our engine says of a case, from the very request that the API server would show its own plugins. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonMap } from '../../../src/cel/value.ts';
import type { CompiledPolicy, PolicySet } from '../../../src/engine/compiled.ts';
import { decide } from '../../../src/engine/decide.ts';
import type { Context, EvaluationFailure, KubernetesObject, NotJudged, Request } from '../../../src/engine/decision.ts';
import { mutate } from '../../../src/engine/mutate.ts';
import { compileNatives } from '../../../src/engine/native/compile.ts';
import { nativeMatch } from '../../../src/engine/native/match.ts';
import type { NativeDenial } from '../../../src/engine/native/outcome.ts';
import { type NativeVerdict, nativeMutationVerdict, nativeVerdict } from '../../../src/engine/native/verdict.ts';
import { policySet } from '../../../src/engine/policy-set.ts';
import { parsePolicies } from '../../../src/policy/parse.ts';
import { formatProblem, type Problem } from '../../../src/policy/problem.ts';
import { everyOrder } from './orders.ts';

export type Ours = { readonly kind: 'refused'; readonly problems: readonly string[] } | Judged;

export interface Judged {
  readonly kind: 'judged';
  readonly verdict: NativeVerdict;
  /**
   * Verdicts that are as right, of each denial alone: where there are several bindings or params, the order of the API
   * server is that of a Go map.
   */
  readonly alternatives: readonly NativeVerdict[];
  /** False where there are several bindings or params: audit annotations of one key then come in any order. */
  readonly ordered: boolean;
  readonly failures: readonly EvaluationFailure[];
  readonly notJudged: readonly NotJudged[];
  /** False where no policy matched the request. */
  readonly matched: boolean;
  /** After the mutations, the request's own where there were none; other orders of them may make another object. */
  readonly objects: readonly KubernetesObject[];
}

/** Ours on the policies and bindings as they are sent to the API server. */
export function ours(policies: readonly JsonMap[], request: Request, context: Context): Ours {
  const { compiled, problems } = compile(policies);
  if (problems.length > 0) return { kind: 'refused', problems: problems.map((one: Problem) => formatProblem(one)) };
  const set = setOf(compiled);
  const matched = compiled.some((policy) => nativeMatch(policy, request, context, { notJudged: [] }));
  const ordered = isOrdered(policies);
  const mutates = String(policies[0]?.['kind']).startsWith('Mutating');
  return mutates ? mutated() : decided();

  function decided(): Ours {
    const decision = decide(set, request, context);
    const alone = (denial: NativeDenial): NativeVerdict =>
      nativeVerdict({ ...decision, native: { denials: [denial], auditAnnotations: {} } }, request);
    return {
      kind: 'judged',
      verdict: nativeVerdict(decision, request),
      alternatives: ordered ? [] : (decision.native?.denials ?? []).map(alone),
      ordered,
      failures: decision.failures,
      notJudged: decision.notJudged,
      matched,
      objects: request.object === null ? [] : [request.object],
    };
  }

  function mutated(): Ours {
    const mutation = mutate(set, request, context);
    const orders = ordered ? [] : everyOrder(policies).map((order) => setOf(compile(order).compiled));
    const others = orders.map((order) => mutate(order, request, context));
    const verdict = nativeMutationVerdict(mutation);
    return {
      kind: 'judged',
      verdict,
      alternatives: [],
      ordered,
      failures: mutation.failures,
      notJudged: mutation.notJudged,
      matched,
      objects: distinct(
        [mutation, ...others].map(({ native }) => native?.object ?? request.object).filter((one) => one !== null),
      ),
    };
  }
}

function compile(policies: readonly JsonMap[]): {
  readonly compiled: readonly CompiledPolicy[];
  readonly problems: readonly Problem[];
} {
  const parsed = parsePolicies(policies.map((one) => JSON.stringify(one)).join('\n---\n'), 'case.yaml');
  const { policies: compiled, problems } = compileNatives(parsed.natives);
  return { compiled, problems: [...parsed.problems, ...problems] };
}

function setOf(policies: readonly CompiledPolicy[]): PolicySet {
  return policySet(policies, { profile: 'recommended', excludedNamespaces: [] });
}

function distinct(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return objects.filter((one, index) => objects.findIndex((other) => isDeepStrictEqual(one, other)) === index);
}

function isOrdered([, ...bindings]: readonly JsonMap[]): boolean {
  return bindings.length === 1 && !JSON.stringify(bindings).includes('"paramRef":{"selector"');
}
