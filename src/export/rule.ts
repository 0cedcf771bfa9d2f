/** One policy -> the rules of it that can go into native policies, and what keeps the others. */
import type { Expr } from '../cel/ast.ts';
import { unparse } from '../cel/unparse.ts';
import type { CompiledMutation, CompiledPolicy, CompiledValidation } from '../engine/compiled.ts';
import type { NativeMutationRule, NativeRule } from '../policy/native.ts';
import type { NamedExpression, PatchRule, Validation } from '../policy/policy.ts';
import { type RuleEnforcement, ruleEnforcement } from './enforcement.ts';
import { problemOf, typeOfVariable } from './native-check.ts';
import { quote, text, variable } from './quote.ts';
import { resourceRulesOf, templatesOf } from './subject.ts';
import { type Translated, type TranslationOptions, type Translator, translatorOf } from './translate.ts';

/** A rule in native terms. */
export interface PortableRule {
  readonly policy: CompiledPolicy;
  readonly name: string;
  readonly body: NativeBody;
  /** In an order in which each can be declared. */
  readonly variables: readonly NamedExpression[];
  readonly enforcement: RuleEnforcement;
}

export type NativeBody =
  | { readonly kind: 'validation'; readonly rule: NativeRule }
  | { readonly kind: 'mutation'; readonly rule: NativeMutationRule };

/** A rule that stays behind, and why. */
export interface Obstacle {
  readonly policy: string;
  readonly rule: string;
  readonly message: string;
}

export type RuleResult = { readonly ok: true; readonly rule: PortableRule } | ({ readonly ok: false } & Obstacle);

/** Every rule of the policy, in order; without those that a parameter turns off. */
export function portableRules(policy: CompiledPolicy, options: TranslationOptions): readonly RuleResult[] {
  const translator = translatorOf(policy, options);
  const scope: Scope = { policy, translator, guard: declareGuard(policy, translator) };
  return [
    ...policy.validations.flatMap((rule, index) => validationOf(scope, rule, index) ?? []),
    ...policy.mutations.map((rule, index) => mutationOf(scope, rule, index)),
  ];
}

interface Scope {
  readonly policy: CompiledPolicy;
  readonly translator: Translator;
  /** The variable that tells whether the policy's conditions hold; undefined where it has none. */
  readonly guard: string | undefined;
}

/** All of the policy's conditions as one variable: a false one outweighs those that fail, as in `&&`. */
function declareGuard({ policy: { spec } }: CompiledPolicy, translator: Translator): string | undefined {
  const conditions = spec.matchConditions ?? [];
  if (conditions.length === 0) return undefined;
  const source = conditions.map(({ expression }) => `(${expression})`).join(' && ');
  return translator.declare('applies', translator.translate(source));
}

function validationOf(scope: Scope, rule: CompiledValidation, index: number): RuleResult | undefined {
  const { policy, translator } = scope;
  const { title, validations = [] } = policy.policy.spec;
  const source = validations[index] as Validation;
  const enforcement = ruleEnforcement(policy, rule);
  if (typeof enforcement === 'string') return { ok: false, policy: policy.id, rule: rule.name, message: enforcement };
  if (enforcement.action === 'Off' && enforcement.overrides.every(({ action }) => action === 'Off')) return undefined;
  const judged = translator.translate(source.expression);
  const told = source.messageExpression === undefined ? undefined : translator.translate(source.messageExpression);
  const items = source.forEach === undefined ? undefined : translator.translate(source.forEach);
  const loop = items && loopOver(scope, rule.name, items);
  const parts = [judged, ...(told ? [told] : []), ...(items ? [items] : []), ...(loop ? [loop.items] : [])];
  const message = told && (loop ? loop.messages(judged.expr, told.expr) : told.expr);
  return finished(scope, rule.name, enforcement, parts, () => ({
    kind: 'validation',
    rule: {
      expression: guarded(scope, loop ? loop.all(judged.expr) : judged.expr, 'true'),
      message: `${policy.id}: ${source.message === undefined && told ? title : rule.message}`.replace(/\s+/g, ' '),
      ...(message && { messageExpression: unparse(quote('id + message', { id: text(`${policy.id}: `), message })) }),
      ...(rule.reason && { reason: rule.reason }),
    },
  }));
}

interface Loop {
  readonly items: Translated;
  /** True where no item fails. */
  all(rule: Expr): Expr;
  /** What there is to say of each item that fails, in one line. */
  messages(rule: Expr, message: Expr): Expr;
}

/** The items become a variable, since the message goes over them too. */
function loopOver({ translator }: Scope, rule: string, forEach: Translated): Loop {
  const name = translator.declare(`items_of_${rule.replace(/\W/g, '_')}`, forEach);
  const declarations = translator.declarations(new Set([name]));
  const isList = !('obstacle' in declarations) && typeOfVariable(declarations, name)?.kind === 'list';
  const items: Translated = { expr: variable(name), reads: new Set([name]) };
  // With two variables the second is the item, in a list as in a map.
  const [all, messages] = isList
    ? ['items.all(item, rule)', "items.map(item, !rule, message).join(' ')"]
    : ['items.all(key, item, rule)', "items.transformList(key, item, !rule, message).join(' ')"];
  return {
    items,
    all: (rule) => quote(all, { items: items.expr, rule }),
    messages: (rule, message) => quote(messages, { items: items.expr, rule, message }),
  };
}

function mutationOf(scope: Scope, rule: CompiledMutation, index: number): RuleResult {
  const { policy, translator } = scope;
  const source = policy.policy.spec.mutations?.[index] as PatchRule;
  const patch = translator.translate((source.jsonPatch ?? source.applyConfiguration)?.expression ?? '');
  const isConfiguration = rule.type === 'ApplyConfiguration';
  if (isConfiguration && policy.subject === 'PodTemplate' && !isOfPodsOnly(policy)) {
    const message = 'is an applyConfiguration of the Pod in a workload: a jsonPatch could go';
    return { ok: false, policy: policy.id, rule: rule.name, message };
  }
  const { action, overrides } = policy.enforcement;
  return finished(scope, rule.name, { action, overrides }, [patch], () => {
    const expression = guarded(scope, patch.expr, isConfiguration ? 'Object{}' : '[]');
    return {
      kind: 'mutation',
      rule: isConfiguration
        ? { patchType: 'ApplyConfiguration', applyConfiguration: { expression } }
        : { patchType: 'JSONPatch', jsonPatch: { expression } },
    };
  });
}

function isOfPodsOnly(policy: CompiledPolicy): boolean {
  return templatesOf(resourceRulesOf(policy)).every(({ pointer }) => pointer === '');
}

function guarded({ guard }: Scope, rule: Expr, otherwise: string): string {
  return unparse(guard === undefined ? rule : quote(`guard ? rule : ${otherwise}`, { guard: variable(guard), rule }));
}

function finished(
  { policy, translator, guard }: Scope,
  name: string,
  enforcement: RuleEnforcement,
  parts: readonly Translated[],
  make: () => NativeBody,
): RuleResult {
  const refused = (message: string): RuleResult => ({ ok: false, policy: policy.id, rule: name, message });
  const obstacle = parts.find((part) => part.obstacle !== undefined)?.obstacle;
  if (obstacle !== undefined) return refused(obstacle);
  const reads = parts.flatMap((part) => [...part.reads]);
  const variables = translator.declarations(new Set(guard === undefined ? reads : [...reads, guard]));
  if ('obstacle' in variables) return refused(variables.obstacle);
  const body = make();
  const problem = problemOf(variables, body);
  if (problem !== undefined) return refused(`is no CEL of a native policy: ${problem}`);
  return { ok: true, rule: { policy, name, body, variables, enforcement } };
}
