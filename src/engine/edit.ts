/** What a `fix` or a mutation evaluates to, and what it makes of an object. */
import { toJson } from '../cel/json.ts';
import { CelError, type JsonMap, MapValue, StructValue, type Value } from '../cel/value.ts';
import type { CompiledPatch } from './compiled.ts';
import type { KubernetesObject, Patch, PatchOperation } from './decision.ts';
import { type Evaluation, evaluate } from './evaluation.ts';
import { isJsonMap } from './object/equal.ts';
import { applyConfiguration } from './object/merge.ts';
import type { Shape } from './object/merge-shape.ts';
import { applyPatch } from './object/patch.ts';
import { podView, withPodView } from './podview.ts';
import type { Subject } from './subject.ts';

/** An edit as data, independent of the object that it will be applied to. */
export type Edit =
  | { readonly type: 'JSONPatch'; readonly patch: Patch }
  | { readonly type: 'ApplyConfiguration'; readonly configuration: JsonMap };

/** Evaluates the expression of an edit on the bound policy; an error where it gives no valid one. */
export function produceEdit(evaluation: Evaluation, { type, program }: CompiledPatch): Edit | CelError {
  const result = evaluate(evaluation, program);
  return result instanceof CelError ? result : editOf(type, result);
}

/** The edit that the result of such an expression stands for; an error where it is none. */
export function editOf(type: CompiledPatch['type'], result: Value): Edit | CelError {
  return type === 'JSONPatch' ? producePatch(result) : produceConfiguration(result);
}

function producePatch(result: Value): Edit | CelError {
  if (!Array.isArray(result)) return new CelError('a jsonPatch must be a list of JSONPatch');
  const patch: PatchOperation[] = [];
  for (const item of result as readonly Value[]) {
    const operation = operationOf(item);
    if (operation instanceof CelError) return operation;
    patch.push(operation);
  }
  return { type: 'JSONPatch', patch };
}

function operationOf(item: Value): PatchOperation | CelError {
  if (!(item instanceof StructValue)) return new CelError('a jsonPatch must be a list of JSONPatch');
  const { op, path, from, value } = item.fields;
  if (typeof path !== 'string') return new CelError('a JSONPatch needs a path');
  if (op === 'remove') return { op, path };
  if (op === 'move' || op === 'copy')
    return typeof from === 'string' ? { op, from, path } : new CelError(`${op} ${path} needs a from`);
  if (op !== 'add' && op !== 'replace' && op !== 'test')
    return new CelError(`${String(op)} is no operation of a JSON patch`);
  const json = jsonOf(value ?? null, value instanceof StructValue ? value.typeName : '');
  return json instanceof CelError ? json : { op, path, value: json };
}

function produceConfiguration(result: Value): Edit | CelError {
  if (!(result instanceof StructValue)) return new CelError('an applyConfiguration must be an Object');
  const json = jsonOf(result, 'Object');
  if (json instanceof CelError) return json;
  return { type: 'ApplyConfiguration', configuration: json as JsonMap };
}

/**
 * The value as JSON; an error where a typed literal stands at a field of another name, or JSON cannot hold the value.
 * `root` is the type name of the outermost literal.
 */
function jsonOf(value: Value, root: string): Value | CelError {
  const misplaced = misplacedType(value, root);
  return misplaced === undefined
    ? (toJson(value) ?? new CelError('the value has no form in JSON'))
    : new CelError(misplaced);
}

/**
 * What is wrong where a typed literal is not where its name says: `Object.spec{}` belongs under `spec` of an `Object{}`.
 * Lists and maps between two literals have no name.
 */
function misplacedType(value: Value, expected: string): string | undefined {
  if (Array.isArray(value)) return firstOf(value as readonly Value[], (item) => misplacedType(item, expected));
  if (value instanceof MapValue)
    return firstOf([...value.entries.values()], (entry) => misplacedType(entry.value, expected));
  if (!(value instanceof StructValue)) return undefined;
  if (value.typeName !== expected) return `type mismatch: ${value.typeName}{} stands where ${expected}{} belongs`;
  return firstOf(Object.entries(value.fields), ([field, member]) => misplacedType(member, `${expected}.${field}`));
}

function firstOf<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

export type Edited =
  | { readonly ok: true; readonly object: KubernetesObject }
  | { readonly ok: false; readonly message: string; readonly atomic?: string; readonly original?: string };

/**
 * The object with the edit in it, which was written against what the subject's policies see of it. A failed `test` of
 * a patch says that there is nothing to do, as in a MutatingAdmissionPolicy. The input is never changed, and shared. `shape` says how
 * the fields merge, where the subject is of no built-in kind.
 */
export function applyEdit(object: KubernetesObject, { prefix, kind }: Subject, edit: Edit, shape?: Shape): Edited {
  const view = podView(object, prefix) as KubernetesObject;
  const edited =
    edit.type === 'JSONPatch' ? patchView(view, edit.patch) : applyConfiguration(view, edit.configuration, kind, shape);
  return edited.ok ? { ok: true, object: withPodView(object, prefix, view, edited.object) } : edited;
}

/**
 * As `applyEdit`, for policies of ours: an edit that would merge two containers of one name into one is left undone. No
 * API server takes such an object; with one of its containers lost it might.
 */
export function applyWholeEdit(object: KubernetesObject, subject: Subject, edit: Edit, shape?: Shape): Edited {
  const edited = applyEdit(object, subject, edit, shape);
  if (!edited.ok || edit.type === 'JSONPatch') return edited;
  const count = (of: KubernetesObject): number => containersOf(podView(of, subject.prefix));
  return count(edited.object) < count(object) ? { ok: true, object } : edited;
}

function containersOf(view: KubernetesObject | null): number {
  const spec = view?.['spec'];
  if (!isJsonMap(spec)) return 0;
  const lists = [spec['containers'], spec['initContainers']];
  return lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
}

function patchView(view: KubernetesObject, patch: Patch): Edited {
  const patched = applyPatch(view, patch);
  if (!patched.ok) return patched.reason === 'test' ? { ok: true, object: view } : patched;
  return isJsonMap(patched.object)
    ? { ok: true, object: patched.object }
    : { ok: false, message: 'the patch leaves no object' };
}
