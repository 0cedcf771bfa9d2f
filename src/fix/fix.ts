/** Findings mended in the text of their files: written, read and judged again until no fix is offered any more. */
import type { Beside } from '../audit/audit.ts';
import type { Input } from '../audit/manifests.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { Finding, Patch } from '../engine/decision.ts';
import { granted, type Wish } from './document.ts';
import { markedInputs } from './left.ts';
import { objections } from './proof.ts';
import { type ReadScene, type Scene, type SceneObject, sceneOf } from './scene.ts';
import { withDocuments } from './texts.ts';

export interface FixTask {
  readonly inputs: readonly Input[];
  /** What judges: the whole pack, whatever is asked for. */
  readonly set: PolicySet;
  readonly beside: Beside;
  /** Whether this finding is to be mended; `later` where it would be if milder ones were wanted too. */
  readonly wanted: (finding: Finding) => 'now' | 'later' | 'never';
  /** Whose fields are written too, as the webhook would set them; undefined for none. */
  readonly mutations: PolicySet | undefined;
  /** Whether to mark what is left for a person, by a comment at its place. */
  readonly templates: boolean;
}

export interface Fixed {
  /** The inputs as they were given, and judged. */
  readonly before: Scene;
  readonly after: Scene;
  /** Why a fix was not made, by `keyOf` its finding. */
  readonly refused: ReadonlyMap<string, string>;
  /** How many fields of mutations were written. */
  readonly mutations: number;
}

/** Of an edit of an object: what it is for, and what it changes. */
interface ObjectWish extends Wish {
  readonly key: string;
  readonly object: number;
  readonly finding?: Finding;
}

interface State {
  scene: ReadScene;
  readonly refused: Map<string, string>;
  /** Objects whose wishes failed together: they are tried one at a time. */
  readonly alone: Set<number>;
  mutations: number;
}

// Each round mends what the one before has made way for. Five are more than any object has been seen to need.
const MAX_ROUNDS = 50;

// Enough to tell each of some dozens of fixes from the others. Only an object with a fix that breaks something takes them.
const PROOFS = 100;

/**
 * Makes the fixes that are wanted, in texts only: writing them to files is up to the caller. What it gives has been judged
 * by the whole set: the findings are gone, and none that refuses or warns has come. The same for the same arguments, and on
 * its own outcome it changes nothing.
 */
export function fix(given: FixTask): Fixed {
  const task = { ...given, beside: { ...given.beside, proofs: PROOFS } };
  const before = sceneOf(task.inputs, task.set, task.beside);
  const state: State = { scene: before, refused: new Map(), alone: new Set(), mutations: 0 };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const wishes = wishesOf(task, state);
    if (wishes.length === 0) break;
    grant(task, state, wishes);
  }
  const { scene, refused, mutations } = state;
  if (!task.templates) return { before, after: scene, refused, mutations };
  const inputs = markedInputs(scene, task.set, (finding) => task.wanted(finding) === 'now');
  return { before, after: sceneOf(inputs, task.set, task.beside, scene), refused, mutations };
}

/** The key of a finding of the object with this number. */
export function keyOf(object: number, { fingerprint }: Finding): string {
  return `${object} ${fingerprint}`;
}

/** The fixes that can be tried; once there are none, the mutations. */
function wishesOf(task: FixTask, { scene, refused, alone }: State): readonly ObjectWish[] {
  const fixes = scene.objects.flatMap((one, object) => fixWishes(task, one, object));
  const open = fixes.filter(({ key }) => !refused.has(key)).filter(isTurn(alone));
  if (open.length > 0 || !task.mutations) return open;
  const { mutations, set, beside } = task;
  const judged = mutations === set ? scene : sceneOf(scene.inputs, mutations, beside, scene);
  return judged.objects.flatMap(({ outcome: { patch }, index }, object) => {
    const key = `${object} mutations`;
    return patch.length === 0 || refused.has(key) ? [] : [{ key, object, index, patch }];
  });
}

/** Of objects that are tried alone, the first wish. */
function isTurn(alone: ReadonlySet<number>): (wish: ObjectWish) => boolean {
  const had = new Set<number>();
  return ({ object }) => !alone.has(object) || (!had.has(object) && had.add(object).size > 0);
}

function fixWishes({ wanted }: FixTask, { outcome, index }: SceneObject, object: number): readonly ObjectWish[] {
  return outcome.findings
    .filter((finding) => finding.fix && finding.excepted === undefined && wanted(finding) === 'now')
    .map((finding) => ({ key: keyOf(object, finding), object, finding, index, patch: finding.fix as Patch }));
}

/** Writes the wishes and judges the outcome, which becomes the state; else notes what speaks against them. */
function grant(task: FixTask, state: State, made: readonly ObjectWish[]): void {
  const wishes = made.filter((wish) => !takesContainer(wish));
  for (const { key } of made.filter(takesContainer)) {
    state.refused.set(key, 'it would take a container away: do two of them have the same name?');
  }
  const done: ObjectWish[] = [];
  const inputs = withDocuments(state.scene, wishes, (text, mine) => {
    const result = granted(text, mine);
    done.push(...result.done);
    for (const { wish, message } of result.refused) state.refused.set(wish.key, message);
    return result.text;
  });
  if (done.length === 0) return;
  const next = sceneOf(inputs, task.set, task.beside, state.scene);
  const against = objections(state.scene, next, done);
  const halves = halvesOf(done);
  if (against.some(({ isShared }) => isShared) && halves) {
    for (const half of halves) grant(task, state, half);
    return;
  }
  for (const { wish, message } of against) {
    if (done.some((other) => other !== wish && other.object === wish.object)) state.alone.add(wish.object);
    else state.refused.set(wish.key, message);
  }
  if (against.length > 0) return;
  state.scene = next;
  state.mutations += done.reduce((sum, { finding, patch }) => sum + (finding ? 0 : patch.length), 0);
}

/** The wishes of one half of their objects, and those of the other; undefined where there is one object. */
function halvesOf(wishes: readonly ObjectWish[]): readonly (readonly ObjectWish[])[] | undefined {
  const objects = [...new Set(wishes.map(({ object }) => object))];
  const first = new Set(objects.slice(0, objects.length >> 1));
  if (first.size === 0) return undefined;
  return [wishes.filter(({ object }) => first.has(object)), wishes.filter(({ object }) => !first.has(object))];
}

// Containers merge by name. Of two with one name, which no server takes, one would swallow the other, and its findings with it.
function takesContainer({ patch }: ObjectWish): boolean {
  return patch.some(({ op, path }) => op === 'remove' && /\/(?:c|initC)ontainers\/\d+$/.test(path));
}
