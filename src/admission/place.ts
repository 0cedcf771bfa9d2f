/** Names of places, for people: JSON paths, the object of a request, the paths of several findings as one. */
import type { Path, Request } from '../engine/decision.ts';
import { oneLine } from '../policy/one-line.ts';
import { formatPath } from '../policy/path.ts';

/** The path as people write it; empty is `the object`. */
export function formatPlace(path: Path): string {
  return formatPath(path) || 'the object';
}

/**
 * Paths that differ in one index are written as one: `spec.containers[0,2].image`. Others follow each other, three at
 * most. Takes at least one path.
 */
export function formatPaths(paths: readonly Path[]): string {
  const [first = [], ...others] = paths;
  const sameLength = others.every((path) => path.length === first.length);
  const differing = sameLength ? stepsThatDiffer(first, others) : undefined;
  if (differing?.length === 0) return formatPlace(first);
  const merged = differing?.length === 1 ? mergeIndices(paths, differing[0] as number) : undefined;
  if (merged !== undefined) return merged;
  const texts = [...new Set(paths.map(formatPlace))];
  const shown = texts.slice(0, 3).join(', ');
  return texts.length > 3 ? `${shown} and ${texts.length - 3} more` : shown;
}

function stepsThatDiffer(first: Path, others: readonly Path[]): readonly number[] {
  return [...first.keys()].filter((at) => others.some((path) => path[at] !== first[at]));
}

function mergeIndices(paths: readonly Path[], at: number): string | undefined {
  const steps = paths.map((path) => path[at]);
  if (!steps.every((step) => typeof step === 'number')) return undefined;
  const [first = []] = paths;
  const after = formatPath(first.slice(at + 1)).replace(/^(?!\[|$)/, '.');
  return `${formatPath(first.slice(0, at))}[${[...new Set(steps)].join(',')}]${after}`;
}

/** The object a request is about: `Deployment shop/web`, `Namespace shop`, `Pod shop/web-*` for a generated name. */
export function formatObject(request: Request): string {
  const kind = (request.requestKind ?? request.kind).kind;
  const clusterScoped = !request.namespace || request.resource.resource === 'namespaces';
  const name = nameOf(request);
  return oneLine(`${kind} ${clusterScoped ? '' : `${request.namespace}/`}${name}`);
}

/** The name in the request, in the object, or `generateName*`; `(no name)` where there is none. */
export function nameOf(request: Request): string {
  if (request.name) return request.name;
  const metadata = (request.object ?? request.oldObject)?.['metadata'];
  if (typeof metadata !== 'object' || metadata === null) return '(no name)';
  const { name, generateName } = metadata as { readonly name?: unknown; readonly generateName?: unknown };
  if (typeof name === 'string' && name !== '') return name;
  return typeof generateName === 'string' && generateName !== '' ? `${generateName}*` : '(no name)';
}
