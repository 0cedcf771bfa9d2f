/** Our functions in the CEL that Kubernetes has: the same answer for every argument. */
import type { Call, Expr, Fold, Select } from '../cel/ast.ts';
import { freeName, rewrite } from '../cel/rewrite.ts';
import { quote, text } from './quote.ts';

/** The tree without `image(…)` and `selects(…)`; other functions of ours stay. */
export function expand(expr: Expr): Expr {
  return rewrite(rewrite(expr, whereFieldsAreKnown), everywhere);
}

// Each find takes a part of what the one before has found; none finds more than one place. Before the first @ is the
// name, behind its last slash and the first colon the tag, behind the @ the digest.
const TRIMMED = String.raw`reference.find(r'(?s)[^\s\v\p{Z}\x{feff}](.*[^\s\v\p{Z}\x{feff}])?')`;
const TAG = String.raw`.find('^[^@]*').find('[^/]*$').find('(?s):.*').find(r'^:\w[\w.-]{0,127}$').replace(':', '')`;
const DIGEST = `.find('(?s)@.*').find(r'^@[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$').replace('@', '')`;
const PATH = `.find('^[^@]*').find('(?s)^(.*/)?[^/:]*')`;
const HAS_REGISTRY = `path.matches(r'^([^/]*[.:][^/]*|localhost)/')`;

const PARTS: Readonly<Record<string, string>> = { tag: `${TRIMMED}${TAG}`, digest: `${TRIMMED}${DIGEST}` };

// [registry, repository], then all six parts. The one alias of docker.io is its own.
const WHOLE = `[${TRIMMED}].map(trimmed, trimmed == ''
  ? {'registry': '', 'repository': '', 'name': '', 'tag': '', 'digest': '', 'identifier': ''}
  : [trimmed${PATH}].map(path, ${HAS_REGISTRY} ? [path.find('^[^/]*'), path.find('(?s)/.*').substring(1)] : ['docker.io', path])
    .map(parts, parts[0] in ['docker.io', 'index.docker.io']
      ? ['docker.io', parts[1].contains('/') ? parts[1] : 'library/' + parts[1]]
      : parts)
    .map(parts, {'registry': parts[0], 'repository': parts[1], 'name': parts[0] + '/' + parts[1], 'tag': trimmed${TAG}, 'digest': trimmed${DIGEST}})
    .map(parts, {
      'registry': parts.registry,
      'repository': parts.repository,
      'name': parts.name,
      'tag': parts.tag,
      'digest': parts.digest,
      'identifier': parts.digest != '' ? parts.name + '@' + parts.digest : parts.name + ':' + (parts.tag == '' ? 'latest' : parts.tag)
    })[0])[0]`;

/** `image(x).tag`, and `[image(x)].all(i, … i.tag …)` where nothing else is asked of i: short forms. */
function whereFieldsAreKnown(expr: Expr): Expr {
  if (expr.kind === 'select') return selectedPart(expr) ?? expr;
  if (expr.kind === 'fold') return narrowed(expr) ?? expr;
  return expr;
}

function selectedPart({ operand, field, mode }: Select): Expr | undefined {
  const reference = mode === 'value' ? imageArgument(operand) : undefined;
  return reference && partOf(field, reference);
}

function partOf(field: string, reference: Expr): Expr | undefined {
  return Object.hasOwn(PARTS, field) ? quote(PARTS[field] as string, { reference }) : undefined;
}

function narrowed(fold: Fold): Expr | undefined {
  const { range, first, second, body, filter } = fold;
  const [only, ...more] = range.kind === 'list' ? range.elements : [];
  const reference = only && imageArgument(only.value);
  if (!reference || more.length > 0 || second !== undefined || filter || fold.macro === 'filter') return undefined;
  const fields = fieldsOf(first, body);
  const parts = fields?.map((field) => ({ key: text(field), value: partOf(field, reference) }));
  if (!parts?.every((part): part is { key: Expr; value: Expr } => part.value !== undefined)) return undefined;
  const value: Expr = { kind: 'map', at: 0, entries: parts.map((part) => ({ ...part, optional: false })) };
  return { ...fold, range: { kind: 'list', at: 0, elements: [{ value, optional: false }] } };
}

/** The fields that are read of a variable; undefined where it is used otherwise. */
function fieldsOf(name: string, body: Expr): readonly string[] | undefined {
  const fields = new Set<string>();
  let [used, selected] = [0, 0];
  const isIt = (expr: Expr, bound: ReadonlySet<string>) => expr.kind === 'ident' && freeName(expr.name, bound) === name;
  rewrite(body, (expr, bound) => {
    if (isIt(expr, bound)) used++;
    if (expr.kind !== 'select' || expr.mode !== 'value' || !isIt(expr.operand, bound)) return expr;
    selected++;
    fields.add(expr.field);
    return expr;
  });
  return used === selected ? [...fields].sort() : undefined;
}

function everywhere(expr: Expr): Expr {
  const reference = imageArgument(expr);
  if (reference) return quote(WHOLE, { reference });
  const [selector, labels] = argumentsOf(expr, 'selects', 2);
  return selector && labels ? quote(SELECTS, { selector, labels }) : expr;
}

function imageArgument(expr: Expr): Expr | undefined {
  return argumentsOf(expr, 'image', 1)[0];
}

function argumentsOf(expr: Expr, name: string, count: number): Call['args'] {
  const isCall = expr.kind === 'call' && expr.name === name && !expr.target && expr.args.length === count;
  return isCall ? expr.args : [];
}

const SELECTS = `[{'selector': dyn(selector), 'labels': dyn(labels)}].all(one, one.selector != null
  && one.selector.?matchLabels.orValue({}).all(key, one.labels[?key] == optional.of(one.selector.matchLabels[key]))
  && one.selector.?matchExpressions.orValue([]).all(rule,
    rule.operator == 'In' ? rule.key in one.labels && one.labels[rule.key] in rule.?values.orValue([])
    : rule.operator == 'NotIn' ? !(rule.key in one.labels && one.labels[rule.key] in rule.?values.orValue([]))
    : rule.operator == 'Exists' ? rule.key in one.labels
    : rule.operator == 'DoesNotExist' && !(rule.key in one.labels)))`;
