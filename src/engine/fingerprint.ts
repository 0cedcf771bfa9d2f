/** What makes two findings the same mistake, whatever was reformatted, reordered or renumbered around it. */

import { objectName } from '../policy/object-name.ts';
import { stepInto, valueAt } from '../policy/path.ts';
import type { Path, Request } from './decision.ts';
import { templateKind } from './template-kinds.ts';

/**
 * Rule, object, container and field, in words: `require-liveness-probe/liveness Deployment shop/web
 * spec.template.spec.containers[web].livenessProbe`. Items of a list stand with their name, or without an index where
 * they have none. `rule` is `policy/rule`; the path is one in the object of the request.
 */
export function fingerprintOf(rule: string, request: Request, path: Path): string {
  const object = objectName({ kind: request.kind.kind, namespace: request.namespace, name: nameOf(request) });
  return path.length === 0 ? `${rule} ${object}` : `${rule} ${object} ${fieldOf(request.object, path)}`;
}

/**
 * What makes a finding of an object and one of what was made of it the same: rule and field, wherever the Pod begins in
 * either of them.
 */
export function mistakeOf(rule: string, { kind, object }: Request, path: Path): string {
  const prefix = templateKind(kind.group, kind.kind)?.prefix ?? [];
  const inPod = prefix.every((step, at) => path[at] === step);
  return `${rule} ${inPod ? fieldOf(valueAt(object, prefix), path.slice(prefix.length)) : fieldOf(object, path)}`;
}

function nameOf({ name, object }: Request): string {
  if (name) return name;
  const named = (field: string): string | undefined => text(valueAt(object, ['metadata', field]));
  return named('name') ?? named('generateName') ?? '';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function fieldOf(object: unknown, path: Path): string {
  let at: unknown = object;
  let field = '';
  for (const step of path) {
    at = stepInto(at, step);
    if (typeof step === 'string') field += field === '' ? step : `.${step}`;
    else field += `[${text(stepInto(at, 'name')) ?? ''}]`;
  }
  return field;
}
