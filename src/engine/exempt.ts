/** What an object is exempted from: by its own annotations, or by a PolicyException in its namespace. */
import type { JsonMap } from '../cel/value.ts';
import type { PolicyException } from '../policy/exception.ts';
import type { CompiledPolicy } from './compiled.ts';
import type { Context, Excepted, KubernetesObject, Request } from './decision.ts';
import { labelsOf, labelTest } from './library/selector.ts';
import { isJsonMap } from './object/equal.ts';
import { podView } from './podview.ts';
import { templateKind } from './template-kinds.ts';

const EXEMPT = 'tidegate.dev/exempt';
const REASON = 'tidegate.dev/exempt-reason';

export interface Exemptions {
  /** What excuses a finding of this rule, or of all rules of the policy; undefined where nothing does. */
  of(policy: CompiledPolicy, rule?: string): Excepted | undefined;
  /** Whether the object's annotations name the policy but give no reason, so that they do not count. */
  lacksReason(policy: CompiledPolicy): boolean;
}

/**
 * The exemptions of the object of a request. Policies of Kubernetes itself know none. An exception that has expired by
 * `context.now` does not count.
 */
export function exemptionsOf(request: Request, { exceptions = [], now }: Context): Exemptions {
  const annotated = annotationsOf(request);
  const ids = new Set(annotated.flatMap((annotations) => listOf(annotations[EXEMPT])));
  const reason = annotated.map((annotations) => textOf(annotations[REASON])).find((text) => text !== '');
  const granted = exceptions.filter((one) => isCurrent(one, now) && covers(one, request));
  return {
    of(policy, rule) {
      if (policy.native !== undefined) return undefined;
      if (reason !== undefined && ids.has(policy.id)) return { reason };
      const exception = granted.find((one) => exempts(one, policy.id, rule));
      return exception && { reason: exception.spec.reason, exception: exceptionName(exception) };
    },
    lacksReason: ({ id, native }) => native === undefined && reason === undefined && ids.has(id),
  };
}

/** `namespace/name`. */
export function exceptionName({ metadata }: PolicyException): string {
  return `${namespaceOf(metadata)}/${metadata.name}`;
}

/** Whether it has not expired at that time, in milliseconds of the epoch. */
export function isCurrent({ spec }: PolicyException, now: number): boolean {
  return now < Date.parse(spec.expiresAt);
}

// Where clients put what names no namespace.
function namespaceOf({ namespace = 'default' }: PolicyException['metadata']): string {
  return namespace;
}

function covers({ metadata, spec: { match = {} } }: PolicyException, request: Request): boolean {
  if (request.namespace !== namespaceOf(metadata)) return false;
  const object = request.object ?? request.oldObject;
  const { kinds, names, objectSelector } = match;
  if (kinds && !kinds.includes(request.kind.kind)) return false;
  if (names && !names.some((pattern) => matchesName(pattern, request.name ?? ''))) return false;
  return !objectSelector || (object !== null && labelTest(objectSelector)(labelsOf(object)));
}

function matchesName(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return name === pattern;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

function exempts({ spec }: PolicyException, policy: string, rule: string | undefined): boolean {
  return spec.policies.some(
    ({ name, rules }) => name === policy && (rules === undefined || (rule !== undefined && rules.includes(rule))),
  );
}

/** Of the object, and of the Pod template in it. */
function annotationsOf({ kind, object, oldObject }: Request): readonly JsonMap[] {
  const whole = object ?? oldObject;
  const template = templateKind(kind.group, kind.kind);
  const pod = template && template.prefix.length > 0 ? podView(whole, template.prefix) : null;
  return [whole, pod].map((one) => mapAt(mapAt(one, 'metadata'), 'annotations'));
}

function mapAt(object: KubernetesObject | null, field: string): JsonMap {
  const value = object?.[field];
  return isJsonMap(value) ? value : {};
}

function listOf(ids: unknown): readonly string[] {
  return textOf(ids)
    .split(',')
    .map((id) => id.trim());
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
