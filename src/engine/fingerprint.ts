/** What makes two findings the same mistake, whatever was reformatted, reordered or renumbered around it. */
import type { Value } from '../cel/value.ts';
import type { KubernetesObject, Path, Request } from './decision.ts';
import { isJsonMap } from './equal.ts';
import type { Violation } from './validate.ts';

/**
 * Policy, rule, object, container and field, in words: `require-liveness-probe/liveness Deployment shop/web
 * spec.template.spec.containers[web].livenessProbe`. Items of a list stand with their name, or without an index where
 * they have none. `object` is the one that the violation was found in.
 */
export function fingerprintOf(violation: Violation, request: Request, object: KubernetesObject | null): string {
  const namespace = request.namespace ? `${request.namespace}/` : '';
  const rule = `${violation.policy.id}/${violation.validation.name}`;
  return `${rule} ${request.kind.kind} ${namespace}${nameOf(request, object)} ${fieldOf(object, violation.path)}`.trimEnd();
}

function nameOf(request: Request, object: KubernetesObject | null): string {
  if (request.name) return request.name;
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
