/** Findings mended in the text of their files: written, read and judged again until no fix is offered any more. */
import type { Beside } from '../audit/audit.ts';
import type { Input } from '../audit/manifests.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { Finding, Patch } from '../engine/decision.ts';
import { type Granted, granted, type Wish } from './document.ts';
import { objections } from './proof.ts';
import { type ReadScene, type Scene, type SceneObject, sceneOf } from './scene.ts';
import { type Template, withMarks } from './template.ts';

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
  const after = task.templates ? marked(task, state.scene) : state.scene;
  return { before, after, refused: state.refused, mutations: state.mutations };
}

/** The files with a comment for each finding that is wanted and has no fix. */
function marked(task: FixTask, scene: ReadScene): Scene {
  const texts = scene.inputs.map(({ text }) => text);
  const wishes = scene.objects.flatMap(({ outcome, index }, object) =>
    outcome.findings
      .filter((finding) => !finding.fix && finding.excepted === undefined && task.wanted(finding) === 'now')
      .map((finding) => ({ key: '', object, index, patch: [], finding })),
  );
  for (const document of documentsOf(scene, wishes)) {
    const marks = document.wishes.map(({ object, finding }) => {
      const { source } = (scene.objects[object] as SceneObject).manifest;
      return {
        path: [...source.path, ...finding.path],
        finding,
        template: templateOf(task.set, finding, source.path.length),
      };
    });
    replaceDocument(texts, document, withMarks(document.text, marks));
  }
  return sceneOf(changedInputs(scene, texts), task.set, task.beside, scene);
}

function templateOf({ policies }: PolicySet, { policy, rule, path }: Finding, object: number): Template | undefined {
  const found = policies.find(({ id }) => id === policy);
  const at = found?.validations.findIndex(({ name }) => name === rule) ?? -1;
  const text = found?.policy.spec.validations?.[at]?.template;
  const steps = found?.validations[at]?.path.length ?? 0;
  return text === undefined ? undefined : { text, depth: object + path.length - steps };
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
  const texts = state.scene.inputs.map(({ text }) => text);
  const done: ObjectWish[] = [];
  for (const document of documentsOf(state.scene, wishes)) {
    const result = granted(document.text, document.wishes);
    done.push(...result.done);
    note(state, result);
    replaceDocument(texts, document, result.text);
  }
  if (done.length === 0) return;
  const next = sceneOf(changedInputs(state.scene, texts), task.set, task.beside, state.scene);
  const against = objections(state.scene, next, done);
  for (const { wish, message } of against) {
    if (done.some((other) => other !== wish && other.object === wish.object)) state.alone.add(wish.object);
    else state.refused.set(wish.key, message);
  }
  if (against.length > 0) return;
  state.scene = next;
  state.mutations += done.reduce((sum, { finding, patch }) => sum + (finding ? 0 : patch.length), 0);
}

// Containers merge by name. Of two with one name, which no server takes, one would swallow the other, and its findings with it.
function takesContainer({ patch }: ObjectWish): boolean {
  return patch.some(({ op, path }) => op === 'remove' && /\/(?:c|initC)ontainers\/\d+$/.test(path));
}

function note({ refused }: State, result: Granted<ObjectWish>): void {
  for (const { wish, message } of result.refused) refused.set(wish.key, message);
}

interface DocumentPlace {
  readonly input: number;
  readonly start: number;
  readonly text: string;
}

interface WishedDocument<T extends ObjectWish> extends DocumentPlace {
  readonly wishes: readonly T[];
}

function replaceDocument(texts: string[], { input, start, text }: DocumentPlace, by: string): void {
  const whole = texts[input] as string;
  texts[input] = whole.slice(0, start) + by + whole.slice(start + text.length);
}

/** The same inputs, but for those whose text is another. */
function changedInputs({ inputs }: Scene, texts: readonly string[]): readonly Input[] {
  return inputs.map((input, at) => (texts[at] === input.text ? input : { ...input, text: texts[at] as string }));
}

/** The documents that wishes are about; in each file the last one first, so that no place moves before its turn. */
function documentsOf<T extends ObjectWish>({ objects }: Scene, wishes: readonly T[]): readonly WishedDocument<T>[] {
  const placeOf = ({ object }: ObjectWish): SceneObject => objects[object] as SceneObject;
  const groups = Map.groupBy(wishes, (wish) => `${placeOf(wish).input} ${placeOf(wish).manifest.source.start}`);
  return [...groups.values()]
    .map((mine) => {
      const { input, manifest } = placeOf(mine[0] as T);
      return { input, start: manifest.source.start, text: manifest.source.text, wishes: mine };
    })
    .toSorted((a, b) => a.input - b.input || b.start - a.start);
}
