/**
 * Applies RFC 6902 patches the way the API server does (evanphx/json-patch v4, which MutatingAdmissionPolicy and the
 * answers of webhooks go through). Where that library is more generous than the RFC, so is this: `replace` of a member that is
 * not there sets it, negative indices count from the end, a `test` of a missing member against null passes.
 */
import type { JsonMap, Value } from '../../cel/value.ts';
import type { Patch, PatchOperation } from '../decision.ts';
import { isJsonMap, jsonEqual, setMember } from './equal.ts';
import { badIndex, badRoot, missingMember, missingParent, otherValue, type PatchFailure } from './patch-failure.ts';
import { pointerSteps } from './pointer.ts';

/**
 * `object` shares every part that the patch does not touch with the input. `reason` is `test` where a test operation
 * found another value (which a MutatingAdmissionPolicy takes for "nothing to do"), `path` for all other failures.
 */
export type Patched = { readonly ok: true; readonly object: Value } | PatchFailure;

type Container = Record<string, Value> | Value[];

/** The document under work, and which of its containers are copies of our own. */
interface Draft {
  root: Value;
  readonly owned: Set<Container>;
}

/** Where an operation acts: a container that is ours to change, and the step in it. */
interface Place {
  readonly container: Container;
  readonly step: string;
}

/** Applies all operations or none; the input is never changed. */
export function applyPatch(object: Value, patch: Patch): Patched {
  const draft: Draft = { root: object, owned: new Set() };
  for (const operation of patch) {
    const failure = applyOperation(draft, operation);
    if (failure !== undefined) return failure;
  }
  return { ok: true, object: draft.root };
}

function applyOperation(draft: Draft, operation: PatchOperation): PatchFailure | undefined {
  switch (operation.op) {
    case 'add':
      return add(draft, operation.path, operation.value);
    case 'replace':
      return replace(draft, operation.path, operation.value);
    case 'remove':
      return remove(draft, operation.path);
    case 'test':
      return test(draft, operation.path, operation.value);
    case 'move':
    case 'copy':
      return transfer(draft, operation);
  }
}

/** `op` is what asks for it: the destination of a move or a copy is added too. */
function add(draft: Draft, path: string, value: Value, op: 'add' | 'move' | 'copy' = 'add'): PatchFailure | undefined {
  const end = op === 'add' ? undefined : 'destination';
  const place = find(draft, path);
  if (place === undefined) return missingParent(op, path, end);
  const { container, step } = place;
  if (!Array.isArray(container)) {
    setMember(container, step, value);
    return undefined;
  }
  const index = step === '-' ? container.length : listIndex(step, container.length + 1);
  if (index === undefined) return badIndex(op, path, step, end);
  container.splice(index, 0, value);
  return undefined;
}

function replace(draft: Draft, path: string, value: Value): PatchFailure | undefined {
  if (path === '') return replaceRoot(draft, value);
  const place = find(draft, path);
  if (place === undefined) return missingParent('replace', path);
  const { container, step } = place;
  if (!Array.isArray(container)) {
    setMember(container, step, value);
    return undefined;
  }
  const index = listIndex(step, container.length);
  if (index === undefined) return badIndex('replace', path, step);
  container[index] = value;
  return undefined;
}

function replaceRoot(draft: Draft, value: Value): PatchFailure | undefined {
  if (typeof value !== 'object' || value === null) return badRoot();
  draft.root = value;
  return undefined;
}

function remove(draft: Draft, path: string, op: 'remove' | 'move' = 'remove'): PatchFailure | undefined {
  const end = op === 'move' ? 'from' : undefined;
  const place = find(draft, path);
  if (place === undefined) return missingParent(op, path, end);
  const { container, step } = place;
  if (!Array.isArray(container)) {
    if (!Object.hasOwn(container, step)) return missingMember(op, path, step);
    delete container[step];
    return undefined;
  }
  const index = listIndex(step, container.length);
  if (index === undefined) return badIndex(op, path, step, end);
  container.splice(index, 1);
  return undefined;
}

function test(draft: Draft, path: string, value: Value): PatchFailure | undefined {
  const found = read(draft.root, path);
  if (found === undefined) return missingParent('test', path);
  if (!found.ok) return badIndex('test', path, found.step);
  return jsonEqual(found.value ?? null, value) ? undefined : otherValue(path);
}

function transfer(
  draft: Draft,
  operation: Extract<PatchOperation, { readonly from: string }>,
): PatchFailure | undefined {
  const { op, from, path } = operation;
  const found = from === '' ? undefined : read(draft.root, from);
  if (found === undefined) return missingParent(op, from, 'from');
  if (!found.ok) return badIndex(op, from, found.step, 'from');
  const removal = op === 'move' ? remove(draft, from, op) : undefined;
  if (removal !== undefined) return removal;
  // What was ours to change is in two places now: the next operation must copy it again.
  draft.owned.clear();
  return add(draft, path, found.value ?? null, op);
}

/** The container at a path without its last step, copied so that it is ours; undefined where the way to it breaks off. */
function find(draft: Draft, path: string): Place | undefined {
  const steps = pointerSteps(path);
  const step = steps?.at(-1);
  if (steps === undefined || step === undefined) return undefined;
  let container = own(draft, draft.root);
  if (container === undefined) return undefined;
  draft.root = container;
  for (let at = 0; at < steps.length - 1; at++) {
    const next = descend(draft, container, steps[at] as string);
    if (next === undefined) return undefined;
    container = next;
  }
  return { container, step };
}

function descend(draft: Draft, container: Container, step: string): Container | undefined {
  if (!Array.isArray(container)) {
    const child = Object.hasOwn(container, step) ? own(draft, container[step]) : undefined;
    if (child !== undefined) setMember(container, step, child);
    return child;
  }
  const index = listIndex(step, container.length);
  if (index === undefined) return undefined;
  const child = own(draft, container[index]);
  if (child !== undefined) container[index] = child;
  return child;
}

function own(draft: Draft, value: Value | undefined): Container | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (draft.owned.has(value as Container)) return value as Container;
  const copy: Container = Array.isArray(value) ? [...(value as Value[])] : { ...(value as JsonMap) };
  draft.owned.add(copy);
  return copy;
}

type Read = { readonly ok: true; readonly value: Value | undefined } | { readonly ok: false; readonly step: string };

/** The value at a path; undefined where its parent is missing, `ok: false` where the index is not in the list. */
function read(root: Value, path: string): Read | undefined {
  const steps = pointerSteps(path);
  if (steps === undefined) return undefined;
  let at: Read = { ok: true, value: root };
  for (const step of steps) {
    if (!at.ok) return undefined;
    const next = member(at.value, step);
    if (next === undefined) return undefined;
    at = next;
  }
  return at;
}

function member(container: Value | undefined, step: string): Read | undefined {
  if (Array.isArray(container)) {
    const index = listIndex(step, container.length);
    return index === undefined ? { ok: false, step } : { ok: true, value: container[index] };
  }
  if (!isJsonMap(container)) return undefined;
  return { ok: true, value: Object.hasOwn(container, step) ? container[step] : undefined };
}

function listIndex(step: string, length: number): number | undefined {
  if (!/^[+-]?\d{1,9}$/.test(step)) return undefined;
  const index = Number(step) < 0 ? Number(step) + length : Number(step);
  return index >= 0 && index < length ? index : undefined;
}
