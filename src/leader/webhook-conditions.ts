/** The matchConditions of policies as those of a webhook: the API server then does not even ask about what they would not judge. */
import { kubernetesEnvironment } from '../cel/kubernetes.ts';
import { BOOL } from '../cel/type.ts';
import type { CompiledPolicy } from '../engine/compiled.ts';
import type { MatchCondition } from './webhook-scope.ts';

const ENVIRONMENT = kubernetesEnvironment('1.36', { authorizer: true });
/** What a webhook's conditions know; a policy's know more. */
const KNOWN: ReadonlySet<string> = new Set(['object', 'oldObject', 'request', 'authorizer']);

/** One condition, true where any of the policies may match; none where the API server cannot tell. */
export function whatTheyJudge(policies: readonly CompiledPolicy[]): readonly MatchCondition[] {
  const each = policies.map(conditionOf);
  if (each.length === 0 || each.includes(undefined)) return [];
  return [{ name: 'what-policies-judge', expression: [...new Set(each)].join(' || ') }];
}

function conditionOf({ policy, subject }: CompiledPolicy): string | undefined {
  const expressions = (policy.spec.matchConditions ?? []).map(({ expression }) => expression.trim());
  // `object` is then a view of the Pod, which the API server does not have.
  if (subject !== 'Resource' || expressions.length === 0 || !expressions.every(isKnownToWebhooks)) return undefined;
  return `(${expressions.map((expression) => `(${expression})`).join(' && ')})`;
}

function isKnownToWebhooks(expression: string): boolean {
  const compiled = ENVIRONMENT.compile(expression, [BOOL]);
  return compiled.ok && [...compiled.program.references].every((name) => KNOWN.has(name));
}
