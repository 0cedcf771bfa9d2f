/** What makes two findings the same mistake, whatever was reformatted, reordered or renumbered around it. */
import type { Value } from '../cel/value.ts';
import type { KubernetesObject, Path, Request } from './decision.ts';
import { isJsonMap } from './object/equal.ts';

/**
 * Rule, object, container and field, in words: `require-liveness-probe/liveness Deployment shop/web
 * spec.template.spec.containers[web].livenessProbe`. Items of a list stand with their name, or without an index where
 * they have none. `rule` is `policy/rule`; the path is one in the object of the request.
 */
export function fingerprintOf(rule: string, request: Request, path: Path): string {
  const namespace = request.namespace ? `${request.namespace}/` : '';
  const object = `${request.kind.kind} ${namespace}${nameOf(request)}`;
  return path.length === 0 ? `${rule} ${object}` : `${rule} ${object} ${fieldOf(request.object, path)}`;
}

function nameOf({ name, object }: Request): string {
  if (name) return name;
  const metadata = object?.['metadata'];
  if (!isJsonMap(metadata)) return '';
  return text(metadata['name']) ?? text(metadata['generateName']) ?? '';
}

function text(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function fieldOf(object: KubernetesObject | null, path: Path): string {
  let at: Value | undefined = object ?? undefined;
  let field = '';
  for (const step of path) {
    at = childOf(at, step);
    if (typeof step === 'string') field += field === '' ? step : `.${step}`;
    else field += `[${isJsonMap(at) ? (text(at['name']) ?? '') : ''}]`;
  }
  return field;
}

function childOf(value: Value | undefined, step: string | number): Value | undefined {
  if (Array.isArray(value)) return value[step as number];
  return isJsonMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}
