/** A patch of an object with its defaults filled in -> the patch of the object as it was written, which says the same. */
import type { JsonMap, Value } from '../../cel/value.ts';
import type { KubernetesObject, Patch } from '../decision.ts';
import { diff } from './diff.ts';
import { isJsonMap, jsonEqual } from './equal.ts';
import { applyPatch } from './patch.ts';

/**
 * The minimal patch that makes the changes of `patch` on `written`, and adds nothing of what only defaulting filled in.
 * `defaulted` is what defaulting made of `written`; the patch must apply to it.
 */
export function rebased(patch: Patch, defaulted: KubernetesObject, written: KubernetesObject): Patch {
  if (patch.length === 0 || written === defaulted) return patch;
  const patched = applyPatch(defaulted, patch);
  if (!patched.ok) throw new Error(`a patch does not apply to its own object: ${patched.message}`);
  return diff(written, carried(written, defaulted, patched.object));
}

/** `written` with the changes between `before` and `after`. */
function carried(written: Value | undefined, before: Value | undefined, after: Value): Value {
  if (isJsonMap(before) && isJsonMap(after)) return carriedMap(isJsonMap(written) ? written : {}, before, after);
  if (Array.isArray(written) && Array.isArray(before) && Array.isArray(after) && written.length === before.length) {
    return carriedList(written, before, after);
  }
  return after;
}

function carriedMap(written: JsonMap, before: JsonMap, after: JsonMap): JsonMap {
  const kept = Object.entries(written).filter(([key]) => Object.hasOwn(after, key) || !Object.hasOwn(before, key));
  const changed = Object.entries(after).filter(([key, value]) => !jsonEqual(before[key], value));
  return Object.fromEntries([
    ...kept,
    ...changed.map(([key, value]) => [key, carried(written[key], before[key], value)] as const),
  ]);
}

/** Defaulting never adds or moves an item, so an item that was there before is the written one at its place. */
function carriedList(written: readonly Value[], before: readonly Value[], after: readonly Value[]): readonly Value[] {
  return after.map((item, index) => {
    const same = before.findIndex((one) => one === item || sameName(one, item));
    const place = same >= 0 || before.length !== after.length ? same : index;
    if (place < 0) return item;
    return jsonEqual(before[place], item) ? (written[place] as Value) : carried(written[place], before[place], item);
  });
}

function sameName(a: Value, b: Value): boolean {
  return isJsonMap(a) && isJsonMap(b) && a['name'] !== undefined && a['name'] === b['name'];
}
