/** Patches that were made each against the same object -> one patch that makes them all, as far as they can be told apart. */
import type { Patch, PatchOperation } from '../engine/decision.ts';
import { pointerSteps } from '../engine/object/pointer.ts';

export interface Combined {
  /** Which of the given patches are in it, by index. The others get into one another's way: they are for another time. */
  readonly taken: readonly number[];
  readonly patch: Patch;
}

/** Takes each patch, in their order, that touches nothing of what an earlier one touches. */
export function combined(patches: readonly Patch[]): Combined {
  const taken: number[] = [];
  const operations: Operation[] = [];
  for (const [index, patch] of patches.entries()) {
    const own = operationsOf(patch);
    if (taken.length > 0 && own.some((one) => operations.some((other) => collide(one, other)))) continue;
    taken.push(index);
    operations.push(...own);
  }
  if (taken.length === 1) return { taken, patch: patches[taken[0] ?? 0] ?? [] };
  return { taken, patch: operations.toSorted(byOrder).map(({ operation }) => operation) };
}

/** An operation and what it touches. */
interface Operation {
  readonly operation: PatchOperation;
  /** The field, or the list whose items get other places. */
  readonly area: string;
  /** Of an item that goes: its index. It can be told apart from other items of its list that go. */
  readonly removes?: number;
}

function operationsOf(patch: Patch): readonly Operation[] {
  const operations = patch.map(operationOf);
  const isKnotted = operations.some(
    (one) => movesItems(one) && operations.some((other) => other !== one && within(other.area, one.area)),
  );
  // The indices of later ones count what earlier ones have done: none can be taken out of its order.
  return isKnotted ? operations.map(({ operation, area }) => ({ operation, area })) : operations;
}

function movesItems({ operation, area }: Operation): boolean {
  return area !== operation.path;
}

function operationOf(operation: PatchOperation): Operation {
  const steps = pointerSteps(operation.path) ?? [];
  const last = steps.at(-1) ?? '';
  const isItem = operation.op !== 'replace' && /^(?:\d+|-)$/.test(last);
  if (!isItem) return { operation, area: operation.path };
  const area = operation.path.slice(0, operation.path.lastIndexOf('/'));
  return operation.op === 'remove' ? { operation, area, removes: Number(last) } : { operation, area };
}

function collide(a: Operation, b: Operation): boolean {
  if (a.removes !== undefined && b.removes !== undefined && a.area === b.area) return a.removes === b.removes;
  // What is inside an item that stays can be changed before another item goes.
  if (a.removes !== undefined && within(b.area, a.area) && b.area !== a.area) return within(b.area, a.operation.path);
  if (b.removes !== undefined && within(a.area, b.area) && a.area !== b.area) return within(a.area, b.operation.path);
  return within(a.area, b.area) || within(b.area, a.area);
}

function within(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}/`);
}

/** Items go last, and of one list the last one first: no index counts what another operation does. */
function byOrder(a: Operation, b: Operation): number {
  const [first, second] = [a, b].map(({ removes }) => removes ?? Number.MAX_VALUE) as [number, number];
  return second - first;
}
