/** Expressions of one policy in the names of a native policy: on their trees, so that no text is ever touched. */
import type { Expr, Select, StructLiteral } from '../cel/ast.ts';
import { freeName, rewrite } from '../cel/rewrite.ts';
import { unparse } from '../cel/unparse.ts';
import type { CompiledPolicy } from '../engine/compiled.ts';
import { LIBRARY } from '../engine/library.ts';
import type { NamedExpression } from '../policy/policy.ts';
import { expand } from './expand.ts';
import { literalOf, quote, text, treeOf, variable } from './quote.ts';
import { resourceRulesOf, subjectVariables, type Template, templatesOf } from './subject.ts';

/** An expression, the native variables that it reads, and why it cannot go, where it cannot. */
export interface Translated {
  readonly expr: Expr;
  readonly reads: ReadonlySet<string>;
  readonly obstacle?: string;
}

export interface Translator {
  translate(source: string): Translated;
  /** The variables that are read, directly or by others, in an order in which each can be declared; or why one cannot go. */
  declarations(reads: ReadonlySet<string>): readonly NamedExpression[] | { readonly obstacle: string };
  /** Declares a variable of our own making and gives its name, which the policy's own variables never have. */
  declare(name: string, translated: Translated): string;
}

/** What `kubernetesVersion` is in the cluster that the policies are for, where that is known. */
export interface TranslationOptions {
  readonly kubernetesVersion?: string | undefined;
}

export function translatorOf(policy: CompiledPolicy, options: TranslationOptions): Translator {
  const { spec, metadata } = policy.policy;
  const rules = policy.subject === 'PodTemplate' ? resourceRulesOf(policy) : [];
  const templates = templatesOf(rules);
  const prefix = metadata.name.replace(/[^A-Za-z0-9]/g, '_').replace(/^(?=\d)/, '_');
  const names: Names = { prefix, templates, options };
  const translate = (source: string): Translated => translated(expand(treeOf(source)), names);
  const known = new Map<string, Translated>(Object.entries(subjectVariables(rules)).map(shared));
  known.set(`${prefix}_params`, { expr: quote('dyn(params)', { params: literalOf(policy.params) }), reads: NOTHING });
  for (const { name, expression } of spec.variables ?? []) known.set(`${prefix}__${name}`, translate(expression));
  return {
    translate,
    declarations: (reads) => declarationsOf(reads, known),
    declare(name, made) {
      known.set(`${prefix}_${name}`, made);
      return `${prefix}_${name}`;
    },
  };
}

const NOTHING: ReadonlySet<string> = new Set();

function shared([name, source]: readonly [string, string]): readonly [string, Translated] {
  return [name, { expr: treeOf(source), reads: NOTHING }];
}

interface Names {
  /** Keeps the variables of several policies apart: `<prefix>__<name>` for their own, with one `_` for ours. */
  readonly prefix: string;
  /** Empty for whole objects. */
  readonly templates: readonly Template[];
  readonly options: TranslationOptions;
}

/** Names of ours that a native policy has nothing for: variables, and the functions that are left when all is expanded. */
const UNKNOWN: ReadonlyMap<string, string> = new Map([
  ['resources', 'looks up other objects (resources)'],
  ['written', 'asks what the user wrote (written)'],
  ['now', 'asks what time it is (now)'],
  ['kubernetesVersion', 'reads kubernetesVersion, which --kubernetes-version can give'],
  ...LIBRARY.filter(({ overloads }) => overloads.every(({ member }) => member !== true)).map(
    ({ name }) => [name, `calls ${name}()`] as const,
  ),
]);

function translated(source: Expr, names: Names): Translated {
  const obstacles: string[] = [];
  const expr = rewrite(source, (node, bound) => {
    const result = replacement(node, bound, names);
    if (result === undefined) return node;
    if (typeof result === 'string') {
      obstacles.push(result);
      return node;
    }
    const root = result.kind === 'ident' ? result.name : 'variables';
    if (bound.has(root)) obstacles.push(`has a loop variable called ${root}: give it another name`);
    return result;
  });
  const [obstacle] = obstacles;
  return { expr, reads: variablesIn(expr), ...(obstacle !== undefined && { obstacle }) };
}

/** What a node becomes, undefined where it stays, or why it cannot go. */
function replacement(node: Expr, bound: ReadonlySet<string>, names: Names): Expr | string | undefined {
  if (node.kind === 'call') return node.target ? undefined : UNKNOWN.get(node.name);
  if (node.kind === 'struct') return node.name === 'JSONPatch' ? prefixed(node, names.templates) : undefined;
  if (node.kind === 'select') {
    return isVariable(node, bound) ? { ...node, field: `${names.prefix}__${node.field}` } : undefined;
  }
  const name = node.kind === 'ident' ? freeName(node.name, bound) : undefined;
  return name === undefined ? undefined : identifier(name, names);
}

function identifier(name: string, { prefix, templates, options }: Names): Expr | string | undefined {
  if (name === 'workload' || name === 'oldWorkload') return quote(name === 'workload' ? 'object' : 'oldObject');
  if (name === 'params') return variable(`${prefix}_params`);
  if (name === 'kubernetesVersion' && options.kubernetesVersion !== undefined) return text(options.kubernetesVersion);
  if (templates.length > 0 && name === 'object') return variable('pod');
  if (templates.length > 0 && name === 'oldObject') return variable('oldPod');
  return UNKNOWN.get(name);
}

/** A JSON Patch of the Pod as one of the object that holds it. */
function prefixed(patch: StructLiteral, templates: readonly Template[]): Expr | undefined {
  if (!templates.some(({ pointer }) => pointer !== '')) return undefined;
  const fields = patch.fields.map((field) =>
    field.name === 'path' || field.name === 'from' ? { ...field, value: below(templates, field.value) } : field,
  );
  return { ...patch, fields };
}

function below([only, ...others]: readonly Template[], path: Expr): Expr {
  if (only === undefined || others.length > 0) return quote('prefix + path', { prefix: variable('prefix'), path });
  if (path.kind === 'literal') return text(`${only.pointer}${path.value}`);
  return quote('prefix + path', { prefix: text(only.pointer), path });
}

function isVariable(node: Select, bound: ReadonlySet<string>): boolean {
  return node.operand.kind === 'ident' && freeName(node.operand.name, bound) === 'variables';
}

function variablesIn(expr: Expr): ReadonlySet<string> {
  const names = new Set<string>();
  rewrite(expr, (node, bound) => {
    if (node.kind === 'select' && isVariable(node, bound)) names.add(node.field);
    return node;
  });
  return names;
}

/** Depth first: what a variable reads comes before it. Variables read only those that were declared before them. */
function declarationsOf(
  reads: ReadonlySet<string>,
  known: ReadonlyMap<string, Translated>,
): readonly NamedExpression[] | { readonly obstacle: string } {
  const needed = new Map<string, NamedExpression>();
  for (const name of reads) {
    const { expr, reads: others, obstacle } = known.get(name) as Translated;
    if (obstacle !== undefined) return { obstacle: because(name, obstacle) };
    const before = declarationsOf(others, known);
    if ('obstacle' in before) return { obstacle: because(name, before.obstacle) };
    for (const declaration of before) needed.set(declaration.name, declaration);
    needed.set(name, { name, expression: unparse(expr) });
  }
  return [...needed.values()];
}

function because(name: string, obstacle: string): string {
  const [, own] = /__(.*)/.exec(name) ?? [];
  return own === undefined ? obstacle : `reads variables.${own}, which ${obstacle}`;
}
