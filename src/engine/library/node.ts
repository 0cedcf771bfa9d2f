/** Which nodes can take a Pod. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { DYN, INT, list } from '../../cel/type.ts';
import { Boxed, CelError, isMap, type JsonMap, type Value } from '../../cel/value.ts';
import { selectsUntyped } from './selector.ts';

// Every cluster has nodes: where there are none, nobody has given them.
const NO_NODES = new CelError('no node is known here', 'unknown');

/** `nodesFor(pod, nodes, enough)`: see the function of this name. Without any nodes the answer is not known. */
export const NODE_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'nodesFor',
    overloads: [
      {
        id: 'tidegate_nodes_for_dyn_list_int',
        parameters: [DYN, list(DYN), INT],
        result: INT,
        call: (pod, nodes, enough) =>
          asList(nodes).length === 0 ? NO_NODES : nodesFor(asMap(pod), asList(nodes), Number(enough)),
      },
    ],
  },
];

/** How many of the nodes can take the Pod; counting ends at `enough`, as a cluster may have thousands. */
export function nodesFor(pod: JsonMap, nodes: readonly Value[], enough: number): number {
  let found = 0;
  for (const node of nodes) {
    if (found >= enough) break;
    if (takesPod(asMap(node), pod)) found += 1;
  }
  return found;
}

/**
 * Whether the scheduler may put a new Pod on the node: it is ready, not cordoned, the Pod's nodeSelector and required
 * nodeAffinity select it, and its taints are tolerated. What is on the node already, and how much room there is, is not asked.
 */
export function takesPod(node: JsonMap, pod: JsonMap): boolean {
  const spec = asMap(pod['spec']);
  return isOpen(node) && isSelected(node, spec) && toleratesTaints(asList(asMap(node['spec'])['taints']), spec);
}

function isOpen(node: JsonMap): boolean {
  const ready = asList(asMap(node['status'])['conditions']).find((condition) => asMap(condition)['type'] === 'Ready');
  return (ready === undefined || asMap(ready)['status'] === 'True') && asMap(node['spec'])['unschedulable'] !== true;
}

function isSelected(node: JsonMap, spec: JsonMap): boolean {
  const labels = asMap(asMap(node['metadata'])['labels']);
  const wanted = asMap(spec['nodeSelector']);
  for (const key in wanted) if (labels[key] !== wanted[key]) return false;
  const required = asMap(asMap(spec['affinity'])['nodeAffinity'])['requiredDuringSchedulingIgnoredDuringExecution'];
  if (required === undefined || required === null) return true;
  const terms = asList(asMap(required)['nodeSelectorTerms']).map(asMap);
  return terms.some((term) => matchesTerm(term, labels, asMap(node['metadata'])));
}

/** A term that asks for nothing selects no node. */
function matchesTerm(term: JsonMap, labels: JsonMap, metadata: JsonMap): boolean {
  const [expressions, fields] = [asList(term['matchExpressions']), asList(term['matchFields'])];
  const ofNode = { 'metadata.name': metadata['name'] ?? '' };
  return (
    expressions.length + fields.length > 0 &&
    expressions.every((expression) => holds(asMap(expression), labels)) &&
    fields.every((field) => holds(asMap(field), ofNode))
  );
}

function holds(expression: JsonMap, labels: JsonMap): boolean {
  const { key, operator, values } = expression;
  if (operator !== 'Gt' && operator !== 'Lt') return selectsUntyped({ matchExpressions: [expression] }, labels);
  const [value, bound] = [Number(labels[String(key)]), Number(asList(values)[0])];
  return operator === 'Gt' ? value > bound : value < bound;
}

function toleratesTaints(taints: readonly Value[], spec: JsonMap): boolean {
  if (taints.length === 0) return true;
  const tolerations = asList(spec['tolerations']).map(asMap);
  const repelling = taints.map(asMap).filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
  return repelling.every((taint) => tolerations.some((toleration) => tolerates(toleration, taint)));
}

function tolerates({ key, operator, value = '', effect }: JsonMap, taint: JsonMap): boolean {
  if (effect && effect !== taint['effect']) return false;
  if (operator === 'Exists') return !key || key === taint['key'];
  return key === taint['key'] && value === (taint['value'] ?? '');
}

function asList(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

function asMap(value: Value | undefined): JsonMap {
  return value !== undefined && isMap(value) && !(value instanceof Boxed) ? value : {};
}
